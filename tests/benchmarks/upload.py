"""How long a large table of patients takes on the AKI page, by hand: `.venv/bin/python -m tests.benchmarks.upload`.

In this process, by Streamlit's AppTest: the server's share, without the browser's.
"""

import argparse
import os
import tempfile

from tests.benchmarks.page import timed
from tests.benchmarks.serving import ROOT

WAIT_S = 600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=230_000, help="patients (default 230,000)")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"QLINICAL_DATABASE": f"sqlite:///{folder}/trail.db", "QLINICAL_PROGRAMS": f"{folder}/programs"}
        from streamlit.testing.v1 import AppTest

        from qcore.tasks.aki.reading.table import template_csv

        header, _, second = template_csv().splitlines()
        cells = second.split(",")
        text = "\n".join(
            [header, *(",".join([f"p{i}", *cells[1:6], str(20 + i % 70), *cells[7:]]) for i in range(rows))]
        )
        page = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=WAIT_S).run()
        page.switch_page("aki/page.py").run()
        page.segmented_control(key="aki_way").set_value("Upload a table").run()
        file = page.file_uploader(key="aki_file")
        print(f"{rows:,} patients, {len(text) / 1e6:.0f} MB")
        print(f"{'read and scored':40}{timed(lambda: file.upload('ward.csv', text.encode(), 'text/csv').run()):8.2f} s")
        print(f"{'drawn again, nothing changed':40}{timed(page.run):8.2f} s")
        print(
            f"{'first simulated processor':40}{timed(page.selectbox(key='backend_kind').set_value('noisy').run):8.2f} s"
        )
        for scale in (1.25, 1.5, 1.75):
            step = page.slider(key="backend_scale").set_value(scale)
            print(f"{f'noise × {scale}':40}{timed(step.run):8.2f} s")
        back = page.slider(key="backend_scale").set_value(1.5)
        print(f"{'back to noise × 1.5':40}{timed(back.run):8.2f} s")
        assert not page.error, [error.value for error in page.error]
        assert not page.exception


if __name__ == "__main__":
    main()
