"""In which order the people of a country write the parts of a date in figures.

From the short date formats of the Unicode CLDR 48. Countries that use several orders are left out, after the list of
Wikipedia's "Date format by country", and so are those that put the year first: which order 02/04/2026 has there is not
known.
"""

from collections.abc import Collection
from typing import Literal

DateOrder = Literal["ymd", "mdy", "dmy"]

_DAYS_FIRST = (
    "AD AE AG AI AL AM AO AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BR BS BW BY CD CF CG CH CI CK "
    "CL CM CO CR CU CV CW CX CY CZ DE DG DJ DK DM DO DZ EA EC EE EG EH ES ET FI FJ FK FO FR GA GB GD GE GF GG GI "
    "GM GN GP GQ GR GS GT GW GY HK HN HR IC ID IE IL IM IN IO IQ IS IT JE JM JO KG KH KI KM KN KW KZ LA LB LC LI "
    "LR LU LV LY MA MC MD ME MF MK ML MM MO MQ MR MS MT MU MV MW MX MZ NC NE NF NG NI NL NO NR NU NZ OM PE PF PG "
    "PK PL PM PN PS PT PY QA RE RO RS RU SA SB SC SD SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TH TJ "
    "TL TM TN TO TR TT TZ UA UG UY UZ VA VC VE VG VN WF XK YE YT ZM "
)
_DAY_FIRST = frozenset(_DAYS_FIRST.split())
_MONTH_FIRST = frozenset(("AS", "GU", "MH", "MP", "UM", "US", "VI"))


def usual_order(regions: Collection[str]) -> DateOrder | None:
    """The one order that is usual in all the countries, by their ISO 3166 codes; none where there are several."""
    orders: set[DateOrder | None] = {
        "dmy" if each in _DAY_FIRST else "mdy" if each in _MONTH_FIRST else None for each in regions
    }
    return orders.pop() if len(orders) == 1 else None
