"""The command completion."""

import click

from commonhold.cli.command import command

INSTRUCTION = "_COMMONHOLD_COMPLETE"
"""The variable by which a shell's script asks for completions."""


@command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]), metavar="SHELL", help="bash, zsh or fish")
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """Print the completion script for a shell.

    To complete commands, options, files and choices with the Tab key, add it once to what your shell reads at its
    start, then open a new terminal:

    \b
    bash  commonhold completion bash >> ~/.bashrc
    zsh   commonhold completion zsh >> ~/.zshrc
    fish  commonhold completion fish > ~/.config/fish/completions/commonhold.fish

    In zsh, compinit has to be loaded above that line.
    """
    from click.shell_completion import get_completion_class

    root = context.find_root()
    made = get_completion_class(shell)
    assert made is not None
    print(made(root.command, {}, str(root.info_name), INSTRUCTION).source())
    return 0
