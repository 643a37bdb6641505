"""Names of columns in PK/PD data files: NONMEM's, those of R's and CDISC's data sets, and what people write instead."""

import re
from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a column of a PK/PD data file holds, as ``read_study`` and the commands name it."""

    COMMENT = "comment"
    """A mark (C, I, #) on lines that are not to be read."""
    SUBJECT = "subject"
    TIME = "time"
    DATE = "date"
    AMOUNT = "amount"
    """Of a dose, in the line at whose time it was given."""
    DOSE = "dose"
    """What a subject was given once, at time 0, repeated in every line."""
    VALUE = "value"
    """The dependent variable (DV): a concentration, or whatever DVID or CMT says."""
    RESPONSE = "response"
    """A response beside a concentration in the same line."""
    EVID = "evid"
    MDV = "mdv"
    DVID = "dvid"
    CMT = "cmt"
    RATE = "rate"
    DURATION = "duration"
    ADDL = "addl"
    INTERVAL = "ii"
    STEADY = "ss"
    CENSORED = "censored"
    """Other than 0 where a value is below the limit of quantification."""
    LIMIT = "limit"
    """The limit of quantification itself."""
    ROUTE = "route"
    OCCASION = "occasion"
    WEIGHT = "weight"


DOUBTFUL_KINDS = ("paramcd", "param", "parameter", "analyte", "endpoint", "type", "name", "test", "measure")
"""Names that are those of quantities, or of something about the subject."""
# In order of preference; compared without case, units and punctuation.
NAMES: Mapping[Role, tuple[str, ...]] = {
    role: tuple(names.split())
    for role, names in {
        Role.COMMENT: "c",
        Role.SUBJECT: "id subject subjectid subjid subj usubjid patient patientid ptid animal animalid "
        "participant participantid cid",
        Role.TIME: "time hours hour hrs t elapsedtime elapsed timeafterfirstdose tafd afrlt atafd minutes min days "
        "weeks day",
        Role.DATE: "date dat1 dat2 dat3 datetime",
        Role.AMOUNT: "amt amount doseamount doseamt exdose",
        Role.DOSE: "dose dos doselevel nominaldose",
        Role.VALUE: "dv lidv conc concentration cp cobs plasmaconcentration serumconcentration y observation result "
        "aval pcstresn pcorres value c lndv lnconc lncp",
        Role.RESPONSE: "response resp effect pd pca biomarker",
        Role.EVID: "evid",
        Role.MDV: "mdv",
        Role.DVID: f"dvid dvname ytype obsid dvidname yname flag {' '.join(DOUBTFUL_KINDS)}",
        Role.CMT: "cmt compartment",
        Role.RATE: "rate infusionrate",
        Role.DURATION: "tinf dur duration infusionduration infusiontime tinfusion",
        Role.ADDL: "addl",
        Role.INTERVAL: "ii tau interval dosinginterval",
        Role.STEADY: "ss",
        Role.CENSORED: "cens censored blq bloq bql lloq loq",
        Role.LIMIT: "lloq loq",
        Role.ROUTE: "route roa",
        Role.OCCASION: "occ occasion period per",
        Role.WEIGHT: "wt bw weight wgt bodyweight bwt tbw blwt wtbl",
    }.items()
}
LOGARITHMS = frozenset({"lndv", "lnconc", "lncp"})
"""Names of columns that hold natural logarithms."""
NOT_USED = frozenset(
    {
        *("tad", "tapd", "tsld", "tald", "ntad", "nomtime", "ntime", "nominaltime", "visit"),
        *("nfrlt", "arrlt", "nrrlt", "ntafd", "ntld"),
        *("rownames", "row", "rownumber", "rownum", "x", "unnamed0", "seq", "rec", "recno", "line", "l2", "studyid"),
        *("ldv", "logdv", "logconc"),
        # Monolix: by which of the model's ways a dose goes in, and how low a censored value can be.
        *("adm", "admid", "limit"),
        *("uvol", "uvolume", "urinevol", "urinevolume", "volurine", "volumeurine", "vurine", "urvol"),
        # Results and parameters of a fit, as NONMEM and nlmixr put them beside the data.
        *("pred", "ipred", "cpred", "cipred", "ppred", "opred", "res", "ires", "wres", "iwres", "cwres", "cwresi"),
        *("npde", "npd", "resid", "residual", "fitted", "sd"),
        *("cl", "v", "vc", "v1", "v2", "v3", "vp", "vss", "q", "q2", "q3", "k", "ka", "ke", "kel", "k10", "k12", "k21"),
        *("tlag", "alag", "lag", "f1", "emax", "ec50", "e0", "kin", "kout"),
    }
)
NOT_USED_NUMBERED = re.compile(r"(?:eta|eps|theta|phi|et|err)[0-9]+")
"""Results of a fit that are many."""
URINE_NAMES = frozenset({"uvol", "uvolume", "urinevol", "urinevolume", "volurine", "volumeurine", "vurine", "urvol"})
"""Volumes of urine, which stand beside what was measured in it."""
CONCENTRATION_NAMES = frozenset({"conc", "concentration", "cp", "cobs", "plasmaconcentration", "serumconcentration"})
