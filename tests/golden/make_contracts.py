# SPDX-License-Identifier: MIT
"""make_contracts.py >contracts.csv: what was known of contracts on a day, and what came of
them, by the rules of docs/models/contracts.md, followed term by term with the days of
Python's datetime."""
import datetime
import random

MONTH = 30.4375
RUNS, LEAVES, ENDED, TO_COME, UNSEEN = range(1, 6)


def number(day):
    return (day - datetime.date(1970, 1, 1)).days


def months_later(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = datetime.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return datetime.date(year, month + 1, min(day.day, (following - datetime.timedelta(1)).day))


def ends_of_terms(start, months):
    return [number(months_later(start, months * n)) for n in range(1, 480 // months + 2)]


def goes_to(end, dues):
    """The day on which it is not there any more."""
    return end + 1 if end + 1 in dues else end


def known(start, end, ended, months, as_of, since, past):
    """state, renewals, contract_ended, renewals_before, periods_to_end, end_day"""
    if number(start) > as_of:
        return [TO_COME] + [""] * 5
    dues = ends_of_terms(start, months)
    if past and end is not None:
        end = goes_to(end, dues)
        if end > as_of:
            end = ended = None
    settled = [due for due in dues if due < as_of or (past and due == as_of)]
    over = end is not None and end <= as_of and ended != 0
    leaves = over or ended == 1
    renewals = sum(due < end for due in dues) if leaves else len(settled)
    if over and since is not None and end < since:
        return [UNSEEN] + [""] * 5
    counted = leaves and dues[renewals] in settled
    before = 0 if since is None else min(sum(due < since for due in dues), renewals)
    last = dues[renewals] if end is None or (end <= as_of and not over) else end
    return [ENDED if over else LEAVES if leaves else RUNS, renewals, int(counted), before,
            0.0 if over else (last - as_of) / (months * MONTH), last]


def came(start, end, ended, months, day, last, as_of):
    """renewed, ended, open, early, lost, terms"""
    state, before, _, _, left, _ = known(start, end, ended, months, day, None, 1)
    if state != RUNS:
        return [""] * 6
    dues = ends_of_terms(start, months)
    end = goes_to(end, dues) if end is not None and end <= as_of and ended != 0 else None
    renewed, lost_at, is_open, of_term = 0, 0, 0, None
    for due in dues[before:]:
        if end is not None and end <= due:
            of_term = due
        if due > last:
            break
        if due == as_of:
            is_open = 1
            break
        if of_term:
            lost_at = 1
            break
        renewed += 1
    all_days = (last - day) / (months * MONTH)
    gone = end is not None and end <= last
    ran = all_days
    if gone:
        n = sum(due < end for due in dues)
        begun = ([number(start)] + dues)[n]
        part = (end - begun) / (dues[n] - begun)
        ran = min(all_days, left + (n - before - 1 + part) if n > before else (end - day) / (months * MONTH))
    return [renewed, lost_at, is_open, int(gone and end not in dues), "" if is_open else int(gone), ran]


def main():
    draw = random.Random(20240131)
    print("# provenance: made by make_contracts.py: the rules of docs/models/contracts.md, term by term")
    print("start_day,end_day,ended,term_months,as_of_day,since_day,is_past,state,renewals,contract_ended,renewals_before,"
          "periods_to_end,known_end_day,last_day,table_day,renewed,not_renewed,open,early,lost,terms")
    for i in range(500):
        months = draw.choice([1, 1, 3, 6, 12, 12, 24])
        start = datetime.date(2018, 1, 1) + datetime.timedelta(draw.randrange(1500))
        if i % 3 == 0:  # a month's last day
            start = start.replace(day=1) - datetime.timedelta(1)
        dues = ends_of_terms(start, months)
        end = draw.choice([None, dues[draw.randrange(6)], dues[draw.randrange(4)] - 1,
                           number(start) + draw.randrange(1200)])
        ended = draw.choice([None, None, 0, 1]) if end is not None else draw.choice([None, 0])
        # days on which much happens: starts, ends, ends of terms
        days = [number(start), *dues[:6], *([] if end is None else [end])]
        as_of = draw.choice(days) + draw.choice([-1, 0, 0, 0, 1, 1, 200])
        since = draw.choice([None, None, draw.choice(days) + draw.choice([-1, 0, 1])])
        past = draw.randrange(2)
        last = max(as_of + 1, draw.choice([as_of + draw.randrange(1, 900), draw.choice(dues[:9]), draw.choice(dues[:9]) + 1]))
        table = last + draw.choice([0, 0, 1, draw.randrange(800)])
        if i % 4 == 1:  # the last day of all is a decision's
            last = table = next((due for due in dues[2:] if due > as_of), last)
        row = [number(start), end, ended, months, as_of, since, past, *known(start, end, ended, months, as_of, since, past),
               last, table, *came(start, end, ended, months, as_of, last, table)]
        print(",".join("" if cell is None else f"{cell!r}" if isinstance(cell, float) else str(cell) for cell in row))


if __name__ == "__main__":
    main()
