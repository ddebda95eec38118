"""Ways of computing that can be tried on one machine: as its processor does by itself, and otherwise.

    env $(python -m tests.computing) python -m pytest …

runs tests on the way that `auto` does not choose here: in fp32 and kept to AVX2 on a processor with bf16 units, in bf16
on any other, which has to emulate it.
"""

import os

AVX2 = {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"}
"""Keeps torch, oneDNN and MKL to AVX2, where bf16 is emulated and `auto` chooses fp32."""
VARIABLE = "COMMONHOLD_TESTS_PRECISION"
PRECISION = os.environ.get(VARIABLE, "auto")
"""What toy communities ask for in `base.precision`."""


def other_way() -> dict[str, str]:
    """Environment variables for the way that is not this processor's own."""
    from commonhold.models.device import choose_device

    return AVX2 if choose_device().precision == "bfloat16" else {VARIABLE: "bfloat16"}


if __name__ == "__main__":
    print(*(f"{name}={value}" for name, value in other_way().items()))
