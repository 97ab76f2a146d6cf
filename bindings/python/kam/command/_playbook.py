# SPDX-License-Identifier: MIT
"""What to do for each account, as --playbook asks: class, stage, touches and actions."""
from __future__ import annotations

import math
from typing import Any

from .. import _ffi, _score, cadence, matrix, playbook, policy, stage, status
from ._book import LAST_TOUCHES, Answers, Book, Facts
from ._options import Options
from ._orders import Log
from ._text import NO_DAY, day_text
from ._words import grouped, many_in

HEADER = ",class,stage,stage_days_left,touches,overdue_days,n_actions,actions,playbook_flags"
_COLUMNS = ("matrix_class", "stage", "stage_days_left", "touch_due", "touch_overdue", "n_actions", "actions", "action_days",
            "row_flags")


class Playbook:
    def __init__(self, log: Log, book: Book, facts: Facts, answers: Answers, options: Options) -> None:
        known: dict[str, Any] = dict(facts.found)
        if "start_day" in known:
            known["contract_day"] = known.pop("start_day")
        if "stable" not in known:
            n = max(options.matrix["least_quarters"], 8)
            quarters = Book(log, book.as_of, n_quarters=n)
            quarters.add(book.key)
            of = quarters.summary
            known["stable"] = matrix.stability([of[f"quarter_{i + 1}"] for i in range(n)], **options.matrix)["stable"]
        if answers.signals is not None:
            known["alarms"] = answers.signals.alarms()
        self._touches = [k for k, name in enumerate(LAST_TOUCHES) if name in known]
        self._as_of, self._language, self._n = book.as_of, options.language, book.n
        self._of = _score.score(book.rows(**known), answers.models, columns=_COLUMNS, policy=options.policy,
                                as_of=book.as_of)
        names = {*self._of.defaults, *answers.scores.defaults}
        self._defaults = [name for name in policy.parts() if name in names]

    def _dated(self, name: Any, code: int, day: int) -> str:
        return f"{name(code, self._language) if code < 1000 else code} {day_text(day)}"

    def _due(self, row: int) -> list[tuple[int, int]]:
        """Day and code of the touches that have a day, the earliest first."""
        return sorted((self._of[f"touch_due_{k + 1}"][row], k + 1) for k in self._touches
                      if self._of[f"touch_due_{k + 1}"][row] != NO_DAY)

    def fields(self, row: int) -> list[str]:
        of, due = self._of, self._due(row)
        of_matrix, at, left = of["matrix_class"][row], of["stage"][row], of["stage_days_left"][row]
        late = max((of[f"touch_overdue_{k}"][row] for _, k in due), default=None)
        n, k, days = of["n_actions"][row], 0, []
        while f"actions_{k + 1}" in of and k < n:
            days.append((of[f"actions_{k + 1}"][row], self._as_of + of[f"action_days_{k + 1}"][row]))
            k += 1
        return [matrix.class_name(of_matrix, self._language) if of_matrix > 0 else "",
                stage.name(at, self._language) if at >= 0 else "", f"{left:.0f}" if math.isfinite(left) else "",
                "|".join(self._dated(cadence.touch_name, code, day) for day, code in due),
                "" if late is None else str(late), str(n),
                "|".join(self._dated(playbook.action_name, code, day) for code, day in days),
                "|".join(status.row_flag_names(of["row_flags"][row]))]

    def summary(self) -> str:
        """What was found, in words; and which rules stand at their defaults."""
        zh = self._language == "zh"
        classes = list(self._of["matrix_class"])
        counts = [f"{matrix.class_name(code, self._language)} {grouped(classes.count(code))}"
                  for code in range(1, _ffi.KAM_MATRIX_UNCLASSIFIED + 1)]
        counts.append(("未知 " if zh else "not known ") + grouped(classes.count(0)))
        made = "行动手册  类别：" + "，".join(counts) if zh else "Playbook  classes: " + ", ".join(counts)
        late = many_in(sum(any(self._of[f"touch_overdue_{k + 1}"][row] > 0 for k in self._touches) for row in range(self._n)),
                       "account", zh)
        busy = many_in(sum(n > 0 for n in self._of["n_actions"]), "account", zh)
        if self._touches:
            made += f"\n          {late}有逾期的联络，" if zh else f"\n          {late} with a touch overdue, "
        else:
            made += ("\n          联络未知（没有 last_visit 等列），" if zh else
                     "\n          touches not known (no column last_visit, ...), ")
        made += f"{busy}有待办事项\n" if zh else f"{busy} with something to do\n"
        return made + (f"          采用默认值的规则：{'、'.join(self._defaults) or '无'}\n" if zh else
                       f"          rules at their defaults: {', '.join(self._defaults) or 'none'}\n")
