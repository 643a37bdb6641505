"""From the twelve inputs to the features that models read."""

from qcore.models.encoder import Feature, TableEncoder
from qcore.tasks.aki.inputs import ICU_TYPES, INPUT_NAMES
from qcore.tasks.aki.urine import DAY, LAST

# Logarithms and ratios, because kidney function and urine flow act by proportions: the rise of creatinine over the
# day, and urine by KDIGO's measure. The offset (mL/kg/h) keeps anuria finite.
FEATURES = (
    Feature("creatinine_last_mg_dl", log_offset=0.0),
    Feature("creatinine_last_mg_dl", log_offset=0.0, over="creatinine_first_mg_dl"),
    Feature("bun_max_mg_dl", log_offset=0.0),
    Feature(DAY, log_offset=0.05),
    Feature(LAST, log_offset=0.05),
    Feature("age_years"),
    Feature("weight_kg", log_offset=0.0),
    Feature("map_min_mmhg", log_offset=0.0),
    Feature("bicarbonate_last_mmol_l"),
    Feature("gcs_max"),
    Feature("temperature_min_c"),
)


def new_encoder() -> TableEncoder:
    """Return an encoder for the twelve inputs, not yet fitted."""
    return TableEncoder(INPUT_NAMES, FEATURES, {"icu_type": len(ICU_TYPES)}).double()
