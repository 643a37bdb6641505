"""The fields of the AKI page that a test types into and reads."""

from streamlit.testing.v1 import AppTest

from qcore.tasks.aki.reading.urine_amounts import DAY_HOURS, DAY_ML, LAST_HOURS, LAST_ML

VALUES = {
    "creatinine_first_mg_dl": 1.3,
    "creatinine_last_mg_dl": 1.9,
    "bun_max_mg_dl": 41.0,
    "age_years": 71.0,
    "weight_kg": 84.0,
    "map_min_mmhg": 51.0,
    "bicarbonate_last_mmol_l": 17.0,
    "gcs_max": 13.0,
    "temperature_min_c": 35.2,
    "icu_type": 4,
}
URINE = {DAY_ML: 640.0, DAY_HOURS: 24.0, LAST_ML: 90.0, LAST_HOURS: 6.0}
PATIENT = {**VALUES, **URINE}


def fill(page: AppTest, **values: float | None) -> AppTest:
    for name, value in values.items():
        key = f"aki_value_{name}"
        if name == "icu_type":
            page.selectbox(key=key).set_value(value)
        else:
            page.text_input(key=key).set_value("" if value is None else f"{value:g}")
    return page.run()


def number(page: AppTest, name: str) -> float | None:
    text = page.text_input(key=f"aki_value_{name}").value
    return float(text.removesuffix(" mL/kg/h")) if text else None


def numbers(page: AppTest) -> dict[str, float | None]:
    return {name: number(page, name) for name in PATIENT if name != "icu_type"}


def units(page: AppTest, system: str) -> AppTest:
    return page.segmented_control(key="units_system").set_value(system).run()


def paste(page: AppTest, text: str) -> AppTest:
    page.text_area(key="aki_paste").set_value(text)
    return page.button(key="aki_paste_read").click().run()
