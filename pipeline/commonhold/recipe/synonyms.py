"""What other trainers, and earlier versions, call keys of the recipe: refused, with the key that is meant."""

LORA = {
    "r": "rank",
    "lora_r": "rank",
    "lora_alpha": "alpha",
    "lora_dropout": "dropout",
    "targets": "target_modules",
    "use_rslora": "rslora",
    "use_dora": "dora",
}
CHECKPOINTS = {"early_stopping": "early_stopping_patience", "patience": "early_stopping_patience"}
TRAIN = {
    "accumulate": "gradient_accumulation_steps",
    "batch_rows": "batch_size",
    "max_too_long": "max_overlong_ratio",
    "schedule": "lr_scheduler",
    "warmup_share": "warmup_ratio",
    # as Transformers, TRL, PEFT and Axolotl have them
    "lora_alpha": "lora.alpha",
    "lora_dropout": "lora.dropout",
    "lora_r": "lora.rank",
    "lr": "learning_rate",
    "lr_scheduler_type": "lr_scheduler",
    "max_length": "max_tokens",
    "max_seq_length": "max_tokens",
    "micro_batch_size": "batch_size",
    "num_epochs": "epochs",
    "num_train_epochs": "epochs",
    "per_device_train_batch_size": "batch_size",
    "sample_packing": "packing",
    "sequence_len": "max_tokens",
    "target_modules": "lora.target_modules",
}
