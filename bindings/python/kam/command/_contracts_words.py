# SPDX-License-Identifier: MIT
"""Contracts in words: reasons and the summary."""
from __future__ import annotations

import math

from .. import _ffi, status
from . import _csvfile
from ._contracts import Bond, Contract, Contracts, Fitted
from ._text import NO_DAY, day_text
from ._words import grouped, many_in, percent, status_words


def _history(n: float, zh: bool) -> str:
    """"renewed 3 times" of a contract that runs."""
    if zh:
        return f"已续签 {n:.0f} 次" if n > 0 else "在首个期限内"
    return "renewed once" if n == 1 else f"renewed {n:.0f} times" if n > 0 else "in its first term"


def _which(n: int, zh: bool) -> str:
    if zh:
        return f"{grouped(n)} 份合同，最大的一份" if n > 1 else "合同"
    return f"{grouped(n)} contracts, the largest " if n > 1 else "contract "


def _running(one: Contract, bond: Bond, zh: bool) -> str:
    which, past, day = _which(bond.n_running, zh), _history(one.renewals, zh), day_text(one.end)
    if one.leaves:
        return f"{which}将于 {day} 到期，已通知不再续签" if zh else f"{which}ends on {day}: notice was given"
    if math.isnan(bond.renewal):
        return (f"{which}{past}，{day} 到期，续签率未知" if zh else
                f"{which}{past}, ends on {day}; how likely renewal is, is not known")
    chance = percent(bond.renewal, 0)
    return (f"{which}{past}，{day} 续签的概率为 {chance}" if zh else
            f"{which}{past}, its renewal on {day} is {chance} likely")


def _length(days: float, horizon: float, zh: bool) -> str:
    if math.isinf(days):
        return "预计有效期无上限" if zh else "expected to run without end"
    if math.isinf(horizon):
        return f"预计还有效 {grouped(days)} 天" if zh else f"expected to run {grouped(days)} more days"
    return (f"未来 {grouped(horizon)} 天内预计有效 {grouped(days)} 天" if zh else
            f"expected to run {grouped(days)} of the next {grouped(horizon)} days")


def reasons(contracts: Contracts, row: int, horizon: float, language: str) -> list[str]:
    """Sentences on a row; none when contracts do not score it."""
    if not contracts.bind(row):
        return []
    bond, zh = contracts.bonds[row], language == "zh"
    one = bond.main
    assert one
    if not one.runs:
        return [f"合同已于 {day_text(one.end)} 终止，此前续签 {one.renewals:.0f} 次" if zh else
                f"contract ended on {day_text(one.end)}, renewals before: {one.renewals:.0f}"]
    return [_running(one, bond, zh)] + ([] if math.isnan(bond.days) else [_length(bond.days, horizon, zh)])


def _model(fitted: Fitted, zh: bool) -> str:
    months, contracts = many_in(int(fitted.months), "month", zh), many_in(fitted.n, "contract", zh)
    ended, why = grouped(fitted.n_ended), status_words(fitted.ml, zh)
    made = (f"          期限 {months}，{contracts}，{ended} 份已终止：" if zh else
            f"          terms of {months}, {contracts}, {ended} ended: ")
    if fitted.model is None:
        return made + (f"无模型：{why}\n" if zh else f"no model: {why}\n")
    errors = fitted.model.standard_errors or {}
    made += fitted.model.family
    for name, value in fitted.model.parameters.items():
        made += ("，" if zh else ", ") + f"{name} {value:.6g}"
        if errors[name] == errors[name]:
            made += f"（标准误 {errors[name]:.2g}）" if zh else f" (se {errors[name]:.2g})"
    if fitted.is_shared:
        made += "；同一客户的合同共用一个终止概率" if zh else "; contracts of one account have one chance to end"
    if fitted.ml != _ffi.KAM_OK:
        made += f"；使用了弱先验，因为仅凭似然：{why}" if zh else f"; with a weak prior, because likelihood alone: {why}"
    return made + "\n"


def summary(of: Contracts, zh: bool) -> str:
    """What was read and fitted."""
    contracts, accounts = many_in(len(of.all), "contract", zh), many_in(of.n_accounts, "account", zh)
    path, running = _csvfile.name_of(of.path), grouped(of.n_running)
    made = (f"合同      {contracts}，{accounts}，见于 {path}；{running} 份有效" if zh else
            f"Contracts {contracts} of {accounts} in {path}; {running} run")
    if of.known_on != NO_DAY:
        made += f"（按 {day_text(of.known_on)} 所知）" if zh else f", as known on {day_text(of.known_on)}"
    made += "\n"
    n_left_out = of.n_unnamed + of.n_without_start + of.n_future + of.n_before
    if n_left_out:
        lines = many_in(n_left_out, "line", zh)
        made += (f"          未计入：{lines}（{of.n_unnamed} 无客户，{of.n_without_start} 无开始日，{of.n_future} 尚未开始，"
                 f"{of.n_before} 早于 --contracts-since）\n" if zh else
                 f"          left out: {lines} ({of.n_unnamed} without an account, {of.n_without_start} "
                 f"without a start, {of.n_future} not begun, {of.n_before} before --contracts-since)\n")
    if of.n_chained:
        chained = many_in(of.n_chained, "start", zh)
        made += (f"          {chained}紧接同一客户另一份合同的终止：是续签吗？续签不应另起一行\n" if zh else
                 f"          {chained} within a day of the end of another of the same account: a renewal? "
                 "It must not have a line of its own\n")
    if of.n_returned:
        returned = many_in(of.n_returned, "account", zh)
        made += (f"          {returned}此后又下单，按订单评分\n" if zh else
                 f"          {returned} ordered since and are scored by orders\n")
    return made + "".join(_model(one, zh) for one in of.models)
