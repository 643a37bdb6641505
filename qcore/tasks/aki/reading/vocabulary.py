"""Synonyms of the quantities of the first day, spellings of units, names of ICU types."""

from collections.abc import Mapping
from dataclasses import dataclass

from qcore import units
from qcore.tasks.aki.reading.urine_amounts import DAY_HOURS, DAY_ML, LAST_HOURS, LAST_ML
from qcore.tasks.aki.urine import DAY, LAST
from qcore.units import Unit


@dataclass(frozen=True)
class Quantity:
    """Something that is measured in a patient, with all its names and units.

    Attributes:
        name: plain word for it.
        label: how a sentence to the user starts.
        parameter: its name in a series.
        units: symbol to unit; the first is understood where none is written.
        inputs: qualifier (empty where none is needed) to model input; empty if it is no input.
        synonyms: what people call it, folded by ``naming``.
        unit_required: no unit goes without saying.
        coded: those synonyms under which a bare number is a code, not the number of a ward.
    """

    name: str
    label: str
    parameter: str
    units: Mapping[str, Unit]
    inputs: Mapping[str, str]
    synonyms: frozenset[str]
    unit_required: bool = False
    coded: frozenset[str] = frozenset()


def _by_symbol(choices: tuple[Unit, ...]) -> dict[str, Unit]:
    return {unit.symbol: unit for unit in choices}


def _synonyms(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.split("|"))


# Urea in mg/dL is not urea nitrogen in mg/dL: 28.014 g of nitrogen in 60.056 g of urea.
UREA_MG_DL = Unit("mg/dL urea", 28.014 / 60.056)
UREA_UNITS = {"mmol/L": units.UREA_NITROGEN[1], "mg/dL": UREA_MG_DL}

_CREATININE = _synonyms("creatinine|creat|crea|cr|scr|screat|kreatinin|kreatinine|creatinin|krea")
_BUN = _synonyms("bun|urea nitrogen|urea n|urea nitrogen bun|harnstoff n|harnstoff stickstoff")
_UREA = _synonyms("urea|harnstoff|uree|ureum|carbamide")
_URINE = _synonyms(
    "urine|urine output|urine volume|uop|uo|u o|diuresis|diurese|urin|urine out|urine amount|"
    # As MIMIC's items are labelled.
    "foley|void|condom cath|straight cath|suprapubic|ileoconduit|r nephrostomy|l nephrostomy|r ureteral stent|"
    "l ureteral stent|nephrostomy|urostomy|urine out foley|urine out void|urine out condom cath|"
    "urine out incontinent|urine out other|urinmenge|harnmenge|urinausscheidung|urinvolumen"
)
_WEIGHT = _synonyms("weight|daily weight|wt|body weight|bodyweight|gewicht|body mass|mass|poids")
_MAP = _synonyms(
    "map|mean arterial pressure|nimap|mean pressure|mean bp|mbp|mean arterial bp|abp mean|"
    "non invasive pressure mean|noninvasive pressure mean|art bp mean|nibp map|mean abp pressure|"
    "nibp mean|invasive map|arterial pressure mean|mad|mean arterial pressure map|mean abp"
)
_BICARBONATE = _synonyms("bikarbonat|bicarbonate|bicarb|hco3|hco3 bicarbonate|bicarbonat|bic|bicarbonate hco3")
_GCS = _synonyms("gcs|glasgow coma scale|glasgow|glasgow coma score|gcs total|glasgow coma scale gcs")
_TEMPERATURE = _synonyms("temperature|temp|t|body temperature|core temperature|core temp|temperatur")
_ICU_TYPE = _synonyms("icu type|icutype|type of icu|intensive care unit type")
WARDS = _synonyms("unit|ward|station|care unit|careunit")
"""Names of columns in which wards stand that need not be intensive care units."""
_ICU = _ICU_TYPE | WARDS | _synonyms("icu|intensive care unit|icu unit|icu name|unit type|unittype")
_HAEMATOCRIT = _synonyms("haematocrit|hematocrit|hct|pcv|hamatokrit|packed cell volume")
_HAEMOGLOBIN = _synonyms("haemoglobin|hemoglobin|hb|hgb|hamoglobin")

URINE = "urine"
ICU = "ICU type"
QUANTITIES: tuple[Quantity, ...] = (
    Quantity(
        "creatinine",
        "Creatinine",
        "creatinine_mg_dl",
        _by_symbol(units.CREATININE),
        {"first": "creatinine_first_mg_dl", "last": "creatinine_last_mg_dl"},
        _CREATININE,
    ),
    Quantity(
        "BUN",
        "Urea nitrogen (BUN)",
        "bun_mg_dl",
        _by_symbol(units.UREA_NITROGEN),
        {"": "bun_max_mg_dl", "max": "bun_max_mg_dl"},
        _BUN,
    ),
    Quantity(
        "urea",
        "Urea",
        "bun_mg_dl",
        UREA_UNITS,
        {"": "bun_max_mg_dl", "max": "bun_max_mg_dl"},
        _UREA,
        unit_required=True,
    ),
    Quantity(
        URINE,
        "Urine",
        "urine_ml",
        _by_symbol(units.VOLUME),
        {"total": DAY_ML, "last": LAST_ML, "hours": LAST_ML},
        _URINE,
    ),
    Quantity(
        "urine hours",
        "Hours of urine",
        "",
        _by_symbol(units.HOURS),
        {"total": DAY_HOURS, "last": LAST_HOURS},
        _synonyms(
            "urine hours|hours of urine|urine collected hours|urine collection hours|urine duration|urine time|"
            "hours urine|urine output hours|uop hours"
        ),
    ),
    Quantity(
        "age",
        "Age",
        "age_years",
        _by_symbol(units.AGE),
        {"": "age_years", "first": "age_years"},
        _synonyms("age|alter|anchor age|age years|age sex|sex age|age gender|gender age|alter geschlecht"),
    ),
    Quantity(
        "weight",
        "Weight",
        "weight_kg",
        _by_symbol(units.MASS),
        {"": "weight_kg", "first": "weight_kg"},
        _WEIGHT,
    ),
    Quantity(
        "MAP",
        "Mean arterial pressure",
        "map_mmhg",
        _by_symbol(units.PRESSURE),
        {"": "map_min_mmhg", "min": "map_min_mmhg"},
        _MAP,
    ),
    Quantity(
        "bicarbonate",
        "Bicarbonate",
        "bicarbonate_mmol_l",
        _by_symbol(units.BICARBONATE),
        {"": "bicarbonate_last_mmol_l", "last": "bicarbonate_last_mmol_l"},
        _BICARBONATE,
    ),
    Quantity(
        "GCS",
        "Glasgow Coma Scale",
        "gcs",
        _by_symbol(units.SCORE),
        {"": "gcs_max", "best": "gcs_max", "max": "gcs_max"},
        _GCS,
    ),
    Quantity(
        "temperature",
        "Temperature",
        "temperature_c",
        _by_symbol(units.TEMPERATURE),
        {"": "temperature_min_c", "min": "temperature_min_c"},
        _TEMPERATURE,
    ),
    Quantity(
        ICU,
        "Intensive care unit",
        "icu_type",
        _by_symbol(units.CATEGORY),
        {"": "icu_type", "first": "icu_type"},
        _ICU,
        coded=_ICU_TYPE,
    ),
    Quantity(
        "haematocrit",
        "Haematocrit",
        "haematocrit_percent",
        _by_symbol(units.HAEMATOCRIT),
        {},
        _HAEMATOCRIT,
    ),
    Quantity(
        "haemoglobin",
        "Haemoglobin",
        "haemoglobin_g_dl",
        _by_symbol(units.HAEMOGLOBIN),
        {},
        _HAEMOGLOBIN,
    ),
)

URINE_RATE = Quantity(
    "urine rate",
    "Urine",
    "",
    _by_symbol(units.URINE_FLOW),
    {"total": DAY, "hours": LAST},
    frozenset(),
)
"""What a name of urine means with the unit of a rate."""

IN_HOURS = "inhours"
"""Stands for "last 6 h" in a folded text, see ``naming``."""
QUALIFIERS: Mapping[str, str] = {
    **dict.fromkeys(("first", "initial", "admission", "adm", "erster", "erste"), "first"),
    **dict.fromkeys(("last", "latest", "current", "recent", "letzter", "letzte"), "last"),
    **dict.fromkeys(("max", "maximum", "highest", "peak", "hochster"), "max"),
    **dict.fromkeys(("min", "minimum", "lowest", "nadir", "niedrigster"), "min"),
    "best": "best",
    "worst": "worst",
    **dict.fromkeys(("total", "sum", "cumulative", "cum"), "total"),
    IN_HOURS: "hours",
}
NOISE = frozenset(
    [
        "serum",
        "plasma",
        "blood",
        "s",
        "p",
        "of",
        "the",
        "in",
        "over",
        "per",
        "value",
        "level",
        "entry",
        "hour",
        "h",
        "at",
        "most",
        "day1",
        "d1",
        "conc",
    ]
)

# Folded spelling to the symbol in qcore.units.
UNIT_SPELLINGS: Mapping[str, str] = {
    **dict.fromkeys(("mg dl", "mgdl", "mg 100 ml"), "mg/dL"),
    **dict.fromkeys(("umol l", "umol", "mcmol l", "micromol l", "umoll"), "µmol/L"),
    **dict.fromkeys(("mmol l", "mmol", "mmoll"), "mmol/L"),
    **dict.fromkeys(("meq l", "meq"), "mEq/L"),
    **dict.fromkeys(("mmhg", "mm hg"), "mmHg"),
    "kpa": "kPa",
    **dict.fromkeys(("c", "degc", "deg c", "celsius", "cel", "grad c"), "°C"),
    **dict.fromkeys(("f", "degf", "deg f", "fahrenheit"), "°F"),
    **dict.fromkeys(("ml", "cc", "milliliter", "millilitre"), "mL"),
    **dict.fromkeys(("l", "liter", "litre", "litres", "liters"), "L"),
    **dict.fromkeys(("kg", "kgs", "kilogram"), "kg"),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds", "lb av"), "lb"),
    **dict.fromkeys(
        ("years", "year", "yrs", "yr", "y", "a", "yo", "y o", "jahre", "years old", "year old", "yr old"), "years"
    ),
    **dict.fromkeys(("points", "point", "pts", "score", "15"), "points"),
    **dict.fromkeys(("%", "percent", "vol %"), "%"),
    **dict.fromkeys(("ml kg h", "ml kg hr", "ml kg hour", "cc kg h", "cc kg hr", "ml h kg", "ml hr kg"), "mL/kg/h"),
    "l l": "L/L",
    **dict.fromkeys(("g dl", "gm dl"), "g/dL"),
    "g l": "g/L",
}

ICU_CODES: Mapping[str, int] = {
    **dict.fromkeys(("ccu", "coronary", "coronary care", "coronary care unit"), 1),
    **dict.fromkeys(("coronary icu", "cicu"), 1),
    **dict.fromkeys(("csru", "cvicu", "cardiac surgery", "cardiac surgery recovery"), 2),
    **dict.fromkeys(("cardiac surgery recovery unit", "cardiac surgical icu", "ctsicu"), 2),
    **dict.fromkeys(("micu", "medical", "medical icu"), 3),
    **dict.fromkeys(("medical intensive care unit", "medical intensive care"), 3),
    **dict.fromkeys(("sicu", "surgical", "surgical icu"), 4),
    **dict.fromkeys(("surgical intensive care unit", "surgical intensive care"), 4),
}
