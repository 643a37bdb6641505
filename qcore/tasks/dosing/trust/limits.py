"""The limits past which a dose is called doubtful, and past which no dose is named.

A model is fitted to whatever is in a file. Where it does not describe its own study, where one of its numbers cannot
be, or where the dose it leads to can only come from a wrong unit, the dose is worth nothing however narrow its interval
is. Where a limit below has two numbers, a sentence stands above the dose past the first, and past the second there is
no dose. They are conventions, chosen so that sound studies (theophylline, indomethacin, phenobarbital in neonates,
nimotuzumab, the challenge's trial) keep their doses, and those that tripped the reader or the fit do not.

- ``INSIDE``: of 100 points of a predictive check about 90 lie in their band (Bergstrand et al. 2011,
  doi:10.1208/s12248-011-9255-z). Below .75 a model misses a quarter; below .5, and below what 99 of 100 studies of this
  size would reach if the model were true, it describes another study.
- ``ERROR``: assays err by 5 to 20 %, models of sparse data by 40. Above half of a measurement most of what happens is
  not in the model; from a whole one on, a measurement tells no more than that there is some.
- ``UNWATCHED``: the half-life over the longest time anybody was watched. Past one, half of what decides on a dose for
  long use lies beyond the data; past twenty the model says that the drug stays for ever.
- ``UNKNOWN``: standard error of the logarithm of clearance. At 1 a 90 % interval spans twenty-seven-fold.
- ``SUBJECTS``: of one or two people nobody knows how people differ; a dose for a share of people is one for them.
- ``SPREAD``: a spread of less than this between people is no spread. Where nothing that the dose hangs on has one, nor
  goes with a covariate, a share of people means nothing.
- ``VOLUME_L_PER_KG``: blood plasma is about 0.04 L/kg (3 L in 70 kg), and no drug is held in less than half of it (1.4
  L in 70 kg): below, there is no dose. Few drugs spread over more than chloroquine's 200 L/kg, and where little of a
  dose arrives the volume looks larger than it is: above 500 it is said, from 5,000 on there is no dose. Outside, an
  amount or a concentration is in another unit than was taken. Without weights in a study, 70 kg are taken.
- ``USUAL_L_PER_KG``: from plasma to drugs that are held in tissue. The unit that would bring a volume here is named.
- ``DIFFER``: standard deviation of the logarithm of what differs between people. People differ threefold in clearance
  (0.7), tenfold where one enzyme does it all. Past 1.5 one in twenty has more than twelve times what is typical, past 2
  more than 27 times, which are two studies, or two units, in one file. Only clearance, volume and the
  concentration of half the effect refuse: absorption rates and responses at the start (viruses) differ more.
- ``RATES`` (1/h) and ``STEEPNESS``: absorbed or turned over within a minute, or within a year, and an effect that is
  all or nothing, are numbers that ran to their bounds, because the data know nothing of them.
- ``RISE``: a response that can rise more than a hundredfold is one of which no limit was seen. It is no more than a
  straight line, which may be followed as far as responses were seen, and not beyond.
- ``BEYOND_DOSE`` and ``BEYOND_SEEN``: nobody goes from the highest dose of a study to more than 20 times as much, nor
  asks for 20 times the highest or a twentieth of the lowest of what was measured. Units differ by thousands. Doses
  given more often than in the study, or than every four hours where its interval is not known, count for as many.
- Saturated elimination: a model that does not know it holds for the doses studied, as often as they were given, if at
  all. Above, what is given may never be eliminated (Michaelis-Menten).
"""

from qcore.population.fitting.doubts import UNBELIEVABLE_OMEGA

INSIDE = (0.75, 0.5)
ERROR = (0.5, 1.0)
UNWATCHED = (1.0, 20.0)
UNKNOWN = (0.5, 1.0)
SUBJECTS = 3
SPREAD = 0.02
VOLUME_L_PER_KG = (0.02, 500.0, 5000.0)
USUAL_L_PER_KG = (0.04, 20.0)
DIFFER = (UNBELIEVABLE_OMEGA, 2.0)
RATES = (1e-4, 60.0)
STEEPNESS = 20.0
RISE = 100.0
BEYOND_DOSE = 20.0
BEYOND_SEEN = 20.0
"""See above."""
ADULT_KG = 70.0
EXPECTED = 90.0
"""% of points in their band, where a model is true."""
