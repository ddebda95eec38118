"""The recipe's sections, one model a room. The text under a field is what `commonhold explain` prints."""

from collections import Counter
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from commonhold.forms import Form, written_as, written_day
from commonhold.recipe import synonyms
from commonhold.recipe.masking import Masking, Text

NAME = r"^[a-z0-9][a-z0-9._-]{1,62}$"

Name = Annotated[
    str,
    written_as(NAME, "a name of 2 to 63 small letters, digits, dots, hyphens or underscores, such as water-desk"),
    Field(json_schema_extra={"pattern": NAME}),
]
Share = Annotated[float, Field(ge=0.0, le=0.5)]
Part = Annotated[float, Field(ge=0.0, le=1.0)]
PersonalData = Literal[
    "payment_card", "iban", "email", "url_secret", "online_profile", "id_number", "ip_address", "coordinates",
    "date_of_birth", "street_address", "phone", "web_address",
]  # fmt: skip
Day = Annotated[date, BeforeValidator(written_day)]


class Governance(Form):
    """Who answers for the model and what it is for; printed on the model card."""

    purpose: Text
    """The need of the community that the model serves, in a sentence."""
    intended_use: Text
    """Who uses it, how, and who looks over its shoulder."""
    out_of_scope: tuple[Text, ...] = Field(min_length=1)
    """Uses that the community does not want."""
    contact: Text
    """Where a person objects, corrects or asks for removal."""
    stewards: tuple[Text, ...] = Field(min_length=1)
    """Roles or bodies that decide on publication."""


class ExtraStep(Form):
    """Curation steps of other installed packages that take part; each knows its place among the others."""

    step: Text
    """Registered name with version, such as `shout/1`."""
    settings: dict[str, str | int | float | bool | tuple[str, ...]] = Field(default_factory=dict)
    """What the step lets a recipe say; its package explains it."""


class Cleaning(Form):
    """What is cut off, flagged or left out besides length and copies."""

    strip_boilerplate: bool = True
    """Cut quoted mail and signatures off messages, and lines that many messages of one file share."""
    wrong_language: Literal["flag", "drop"] = "flag"
    """What to do with texts that are surely not in the language their row declares; `flag` lists them for review."""
    evaluation_overlap: Literal["drop", "flag"] = "drop"
    """What to do with records that hold a question of the evaluation; they make the test worthless."""
    meaning_duplicate: float | None = Field(default=None, gt=0.0, le=1.0)
    """List messages for review whose vectors, by the base model, are this near (cosine); absent for no such step."""
    extra_steps: tuple[ExtraStep, ...] = ()
    """Steps of other installed packages that take part; each knows its place among the others."""

    @model_validator(mode="after")
    def _refuse_repeated_steps(self) -> Self:
        if repeated := [step for step, n in Counter(each.step for each in self.extra_steps).items() if n > 1]:
            raise ValueError(f"the step {repeated[0]!r} is named twice")
        return self


class Balance(Form):
    """Caps and weights, so that no voice drowns the others; rows are left out, never repeated."""

    contributor_max: int | None = Field(default=None, ge=1)
    """Most records of one contributor; absent for no cap."""
    contributor_share: float | None = Field(default=None, gt=0.0, le=1.0)
    """Largest share of the records that one contributor may have; absent for no cap."""
    source_weights: dict[str, Part] = Field(default_factory=dict)
    """Part of each source's records to use, such as `{phone log: 0.5}`; all where a source is not named."""
    language_weights: dict[str, Part] = Field(default_factory=dict)
    """Part of each language's records to use; all where a language is not named."""


class Rephrase(Form):
    """Messages that the base model writes anew, marked as such; off unless a style is named."""

    styles: tuple[Literal["easy", "medium", "hard", "question_answer"], ...] = ()
    """Ways of writing a message anew, after WRAP (Maini et al. 2024); none: nothing is rephrased."""
    share: float = Field(default=0.5, gt=0.0, le=1.0)
    """Most rephrased records for each real training record."""

    @model_validator(mode="after")
    def _refuse_repeated_styles(self) -> Self:
        repeated = [style for style, times in Counter(self.styles).items() if times > 1]
        if repeated:
            raise ValueError(f"the style {repeated[0]!r} is named twice")
        return self


class Data(Form):
    """Which records are learnt from, and how they are cleaned."""

    folder: Text
    """Folder with `datasheet.yaml` and the files it names, relative to the recipe."""
    system_prompt: str = Field(default="", max_length=2000)
    """Instruction put before every message, in training, evaluation and serving; empty for none."""
    as_of: Day | None = None
    """Day for which consent is judged, YYYY-MM-DD; absent for the day of the run, where any day matters."""
    redact: tuple[PersonalData, ...] = (
        "payment_card", "iban", "email", "url_secret", "online_profile", "id_number", "ip_address", "coordinates",
        "date_of_birth", "phone",
    )  # fmt: skip
    """Personal data that is masked before anything else sees the text; `street_address`, `web_address` can be added."""
    masking: Masking = Masking()
    """How personal data is masked."""
    cleaning: Cleaning = Cleaning()
    """What is cut off, flagged or left out besides."""
    min_words: int = Field(default=2, ge=1, le=1000)
    """Messages and replies with fewer words are left out."""
    max_words: int = Field(default=400, ge=1, le=100_000)
    """Messages and replies with more words are left out."""
    near_duplicate: float = Field(default=0.8, gt=0.0, le=1.0)
    """Messages whose word overlap (Jaccard, 3-word shingles) reaches this are near-duplicates if replies agree."""
    validation_share: Share = 0.08
    """Share of the examples kept aside to choose the best checkpoint."""
    test_share: Share = 0.08
    """Share of the examples kept aside and never trained on."""
    keep_replies_together: bool | None = None
    """Keep rows with overlapping replies in one split; absent for yes, unless most replies stand in several rows."""
    balance: Balance = Balance()
    """Caps and weights, so that no voice drowns the others."""
    max_records: int | None = Field(default=None, ge=1)
    """Use only so many accepted records, chosen by the seed; for a first try on a large file."""
    rephrase: Rephrase = Rephrase()
    """Messages that the base model writes anew."""

    @model_validator(mode="after")
    def _refuse_contradictions(self) -> Self:
        if self.validation_share + self.test_share >= 1.0:
            raise ValueError("validation_share and test_share together leave nothing to train on")
        if self.min_words > self.max_words:
            raise ValueError(f"min_words ({self.min_words}) is larger than max_words ({self.max_words})")
        return self


class Base(Form):
    """The open model that is adapted."""

    id: Text = "smollm2-135m-instruct"
    """Name in the catalog; `commonhold catalog` lists them."""
    quantisation: Literal["nf4", "int8", "none"] = "nf4"
    """`nf4`: 4-bit weights with double quantisation (QLoRA); `int8`: 8-bit weights; `none`: unquantised weights."""
    precision: Literal["auto", "bfloat16", "float32"] = "auto"
    """Numbers of activations and unquantised weights; `auto` is the fastest that the processor has in hardware."""


class Lora(Form):
    """The small matrices that are trained beside the frozen weights."""

    synonyms = synonyms.LORA

    rank: int = Field(default=16, ge=1, le=256)
    """Width of the adapter; more learns more and forgets more."""
    alpha: int = Field(default=32, ge=1, le=1024)
    """Strength: the adapter's output is scaled by alpha / rank."""
    dropout: float = Field(default=0.0, ge=0.0, lt=1.0)
    """Share of the adapter's inputs that is dropped in training."""
    target_modules: Annotated[tuple[Text, ...], Field(min_length=1)] | Literal["all-linear"] = "all-linear"
    """Which layers get an adapter; `all-linear` is every linear layer but the output head."""
    rslora: bool = False
    """Scale by alpha / √rank instead (rsLoRA, Kalajdzievski 2023); for ranks of 64 and more."""
    dora: bool = False
    """Learn direction and size of the weights apart (DoRA, Liu et al. 2024); slower, sometimes better at low ranks."""


class Objective(Form):
    """What is learnt from, and how."""

    method: Literal["sft", "kto", "dpo", "continued_pretraining"] = "sft"
    """`sft`: replies; `kto`: thumbs up and down; `dpo`: preferred replies; `continued_pretraining`: plain text."""
    beta: float = Field(default=0.1, gt=0.0, le=10.0)
    """How strongly `kto` and `dpo` hold the model to the base; lower moves further away."""


class Checkpoints(Form):
    """When the validation loss is taken and a checkpoint written; the best one is published."""

    synonyms = synonyms.CHECKPOINTS

    per_epoch: int = Field(default=1, ge=1, le=100)
    """How many an epoch."""
    early_stopping_patience: int | None = Field(default=None, ge=1)
    """Stop after so many in a row without a lower validation loss; absent for never."""


class Train(Form):
    """How the adapter is trained."""

    synonyms = synonyms.TRAIN

    objective: Objective = Objective()
    """What is learnt from, and how."""
    epochs: int = Field(default=3, ge=1, le=100)
    """How many times every training example is seen."""
    learning_rate: float = Field(default=1e-3, gt=0.0, le=1.0)
    """Peak step size; about 1e-3 below 0.5 billion parameters, 2e-4 above one billion."""
    warmup_ratio: Share = 0.05
    """Share of the steps in which the learning rate rises."""
    lr_scheduler: Literal["cosine", "linear", "constant"] = "cosine"
    """How the learning rate falls after that."""
    max_tokens: int = Field(default=512, ge=32, le=131_072)
    """Longest row in tokens; a longer example is left out and counted."""
    packing: bool = True
    """Several short examples to a row; without, a row each: more and smaller steps, better when examples are few."""
    batch_size: Annotated[int, Field(ge=1, le=1024)] | Literal["auto"] = 1
    """Rows that go through the model at once; `auto`: the most that fit, with all rows of a step below."""
    gradient_accumulation_steps: int = Field(default=1, ge=1, le=1024)
    """Batches whose gradients are added before a step; where `batch_size` is `auto`, the rows of a step."""
    max_overlong_ratio: Share = 0.02
    """Training is refused when more than this share of the examples is too long."""
    checkpoints: Checkpoints = Checkpoints()
    """When the validation loss is taken."""
    neftune_noise_alpha: float = Field(default=0.0, ge=0.0, le=100.0)
    """Noise on the embeddings while training (NEFTune, Jain et al. 2023); 5 helps when the examples are few."""
    gradient_checkpointing: bool | Literal["auto", "offload"] = False
    """Saves memory for a third more time; `auto`: only if needed; `offload`: a GPU keeps them in main memory."""
    processes: int = Field(default=1, ge=1, le=64)
    """Processes that share the batches of a step, one for each GPU; the batches of a step are those of all together."""
    lora: Lora = Lora()
    """The adapter."""

    @model_validator(mode="after")
    def _refuse_uneven_shares(self) -> Self:
        steps = self.gradient_accumulation_steps
        if steps % self.processes:
            fewer = [n for n in range(2, self.processes) if steps % n == 0]
            less = steps // self.processes * self.processes
            fitting = " or ".join(str(n) for n in (less, less + self.processes) if n)
            raise ValueError(
                f"gradient_accumulation_steps ({steps}) cannot be shared out evenly among processes "
                f"({self.processes}); set gradient_accumulation_steps to {fitting}"
                + (f", or processes to {' or '.join(map(str, fewer))}" if fewer else "")
            )
        if self.processes > 1 and self.objective.method in ("kto", "dpo"):
            raise ValueError(f"processes: {self.objective.method} trains in one process; set processes to 1")
        return self


class Gates(Form):
    """What must hold before a model is called a candidate."""

    task: Text
    """Name of the task."""
    slice: Text | None = None
    """One part of its items, such as `language=es` or `severity=high`; absent for all of them."""
    min_tuned: float | None = Field(default=None, ge=0.0, le=1.0)
    """The interval of the tuned model's score must lie at or above this."""
    min_gain: float | None = Field(default=None, ge=-1.0, le=1.0)
    """The paired interval of tuned − base must lie above this."""
    max_loss: float | None = Field(default=None, ge=0.0, le=1.0)
    """The tuned model may be at most this much worse than the base; the whole interval must lie above."""
    min_worst: float | None = Field(default=None, ge=0.0, le=1.0)
    """As `min_tuned`, in every language, region, group and severity, whichever is worst."""
    max_failures: int | None = Field(default=None, ge=0)
    """Most items that the tuned model may fail, as counted; 0 for what must never happen."""
    max_failure_rate: float | None = Field(default=None, gt=0.0, le=1.0)
    """The rate of failures must surely be no higher; without a failure, 0.05 takes 59 items."""

    @model_validator(mode="after")
    def _refuse_empty(self) -> Self:
        conditions = self.model_dump(exclude={"task", "slice"})
        if all(bound is None for bound in conditions.values()):
            *others, last = conditions
            raise ValueError(f"a gate needs a condition: {', '.join(others)} or {last}")
        return self


class Evaluate(Form):
    """What `good` means, in tasks that the community wrote."""

    tasks: tuple[Text, ...] = Field(min_length=1)
    """Task folders (or folders of them), relative to the recipe."""
    gates: tuple[Gates, ...] = ()
    """Conditions for publication."""
    undecided: Literal["publish", "stop"] = "publish"
    """What a gate does that cannot be decided yet: `publish` with a note on the card, or `stop` as if it had failed."""
    max_items: int | None = Field(default=None, ge=1)
    """Use only so many items of each task, chosen by the seed; for a first try."""
    memorisation_rows: int = Field(default=16, ge=0, le=10_000)
    """Training rows, and as many others, with which the tuned model's memory is looked into; 0 for none."""

    @model_validator(mode="after")
    def _refuse_repeated_gates(self) -> Self:
        repeated = [
            what for what, times in Counter((gate.task, gate.slice) for gate in self.gates).items() if times > 1
        ]
        if repeated:
            task, part = repeated[0]
            where = f"slice {part!r} of the task {task!r}" if part else f"task {task!r}"
            raise ValueError(f"two gates for the {where}; put their conditions into one")
        return self


class Publish(Form):
    """What is made for strangers."""

    model: Name
    """Name in the registry. Small letters, digits, dots, hyphens and underscores."""
    licence: Text
    """SPDX identifier of the licence of the adapter."""
    merged: bool = True
    """Also write the whole model with the adapter merged in."""
    gguf: Literal["q8_0", "f16", "none"] = "q8_0"
    """Also write it as one file for llama.cpp, Ollama and their like: in 8 bits, in 16, or not."""
    recheck_items: int = Field(default=24, ge=0, le=10_000)
    """Ask merged model and GGUF so many items of each task again, since people get these; 0 for none."""
    recheck_margin: float = Field(default=0.05, ge=0.0, le=1.0)
    """Leave out a file that surely scores lower by more than this than what was evaluated, on the same items."""


class Serve(Form):
    """How the model answers when it is served."""

    port: int = Field(default=8080, ge=1, le=65_535)
    """Port on 127.0.0.1."""
    max_new_tokens: int = Field(default=128, ge=1, le=4096)
    """Most tokens of one answer."""
    max_prompt_tokens: int = Field(default=1024, ge=16, le=131_072)
    """Longest conversation that is accepted."""
    max_body_bytes: int = Field(default=65_536, ge=1024, le=16_777_216)
    """Largest request that is read."""


class Recipe(Form):
    """One model: data, base, training, tasks, gates, publication."""

    recipe: Literal[1]
    """Version of this form."""
    name: Name
    """Name of the recipe; runs and reports carry it. Small letters, digits, dots, hyphens and underscores."""
    seed: int = Field(default=42, ge=0, lt=2**31)
    """The root of all randomness; the same seed gives the same adapter on the same kind of processor."""
    governance: Governance
    """Who answers for it."""
    data: Data
    """What it learns from."""
    base: Base = Base()
    """What it starts from."""
    train: Train = Train()
    """How it is trained."""
    evaluate: Evaluate
    """How it is judged."""
    publish: Publish
    """What is published."""
    serve: Serve = Serve()
    """How it is served."""
