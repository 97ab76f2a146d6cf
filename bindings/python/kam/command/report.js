/* SPDX-License-Identifier: MIT */
/* The tables, charts and account pages of a report. Every figure is a text of the
 * CSV or a number of the library; here they are only laid out. Texts from the
 * book reach the page as text nodes, never as markup. */
"use strict";
(() => {
const D = JSON.parse(document.getElementById("kam-data").textContent);
const T = D.words, zh = D.lang === "zh";
const by = id => document.getElementById(id);

// An account: its row of the CSV by column, and what more is known.
const accounts = D.rows.map((row, i) => Object.assign(
  Object.fromEntries(D.header.map((name, j) => [name, row[j]])), D.more[i], {i}));
const number = text => text === "" || text === null || text === undefined ? NaN : Number(text);

// Numbers as people read them
const group = text => text.replace(/^(-?\d+)/, whole => whole.replace(/\B(?=(\d{3})+$)/g, ","));
const known = (value, show) => Number.isFinite(value) ? show(value) : "–";
const whole = new Intl.NumberFormat("en", {maximumFractionDigits: 0});
const money = value => known(value, v => Math.abs(v) < .005 ? "0" : Math.abs(v) < 100 ? v.toFixed(2) : whole.format(v));
/* The weightiest reason that raises the risk, or else the weightiest. */
function worry(a) {
  const texts = [a.reason_1, a.reason_2, a.reason_3];
  return texts[Math.max(a.reasons.findIndex(([, x]) => x > 0), 0)] || texts[0];
}

const percent = value => known(value, v => (100 * v).toFixed(1) + " %");
const days = value => known(value, v => whole.format(v));

function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {}))
    if (value !== undefined && value !== null) made.setAttribute(name, value);
  made.append(...children.filter(child => child !== undefined && child !== null));
  return made;
}

function bar(share) {
  const made = el("span", {class: "bar", "aria-hidden": "true"}, el("i"));
  made.firstChild.style.width = 100 * share + "%";
  return made;
}

/* Of a tier's colour: those after the third look alike, untiered is the fourth. */
const shade = tier => tier >= D.tier_names.length - 1 ? 3 : Math.min(tier, 2);

const COLUMNS = {
  account: {title: T.account, cls: "name", show: a => a.account, value: a => a.account.toLowerCase()},
  tier: {title: T.tier, cls: "tier", show: a => [el("i", {class: "dot tier" + shade(number(a.tier) - 1)}), a.tier_name || "–"], value: a => number(a.tier)},
  orders: {title: T.orders, cls: "n", show: a => days(number(a.orders)), value: a => number(a.orders)},
  last_day: {title: T.last_day, cls: "n", show: a => a.last_day || "–", value: a => a.last_day},
  silence: {title: T.silence, cls: "n", show: a => days(a.silence ?? NaN), value: a => a.silence ?? NaN},
  revenue: {title: T.revenue, cls: "n", show: a => money(number(a.revenue)), value: a => number(a.revenue)},
  window: {title: T.revenue_12m, cls: "n", show: a => money(a.window ?? NaN), value: a => a.window ?? NaN},
  profit: {title: T.profit, cls: "n", show: a => money(number(a.profit)), value: a => number(a.profit)},
  margin: {title: T.margin, cls: "n", show: a => known(number(a.margin_pct), v => v.toFixed(1) + " %"), value: a => number(a.margin_pct)},
  clv: {title: T.clv, cls: "n", show: a => [money(number(a.clv)) + (D.has_cost && a.flags.includes("on_revenue") ? "*" : ""),
    a.clv_low === "" ? null : el("small", {}, money(number(a.clv_low)) + " – " + money(number(a.clv_high)))], value: a => number(a.clv)},
  churn_risk: {title: T.churn_risk, cls: "n", show: a => a.churn_risk === "" ? "–" : [bar(number(a.churn_risk)), percent(number(a.churn_risk))],
    value: a => number(a.churn_risk)},
  at_risk: {title: T.at_risk, cls: "n", show: a => money(a.at_risk ?? NaN), value: a => a.at_risk ?? NaN},
  to_next: {title: T.to_next, cls: "n", show: a => money(a.to_next ?? NaN), value: a => a.to_next ?? NaN},
  above: {title: T.above, cls: "n", show: a => money(a.above ?? NaN), value: a => a.above ?? NaN},
  why: {title: T.why, cls: "why", show: worry, value: worry},
};

function fill(cell, content) {
  cell.append(...(Array.isArray(content) ? content : [content]).filter(one => one !== null && one !== undefined));
  return cell;
}

function row(a, names) {
  const made = el("tr", {class: "link", tabindex: "0", "data-account": a.i});
  for (const name of names) made.append(fill(el("td", {class: COLUMNS[name].cls, "data-column": name}), COLUMNS[name].show(a)));
  return made;
}

function headings(names, sortable) {
  return el("tr", {}, ...names.map(name => el("th", {class: COLUMNS[name].cls, scope: "col", "data-column": name,
    "aria-sort": sortable ? "none" : undefined, tabindex: sortable ? "0" : undefined}, COLUMNS[name].title)));
}

function table(id, names, rows) {
  by(id).tHead.replaceChildren(headings(names, false));
  by(id).tBodies[0].replaceChildren(...rows.map(a => row(a, names)));
  if (!rows.length) by(id).tBodies[0].append(el("tr", {}, el("td", {colspan: names.length}, T.none)));
}

// The accounts that need attention
table("attention-table", ["account", "tier", "silence", "window", "clv", "churn_risk", "at_risk", "why"],
  D.attention.map(i => accounts[i]));
table("reach-table", ["account", "tier", "window", "to_next"], D.reach.map(i => accounts[i]));
table("losing-table", D.has_cost ? ["account", "revenue", "profit", "margin"] : ["account", "tier", "window", "above"],
  D.losing.map(i => accounts[i]));

// All accounts: search, filter, sort, pages
const ALL = ["account", "tier", "orders", "last_day", "window", ...(D.has_cost ? ["profit"] : ["revenue"]), "clv", "churn_risk", "at_risk"];
const state = {sort: "at_risk", down: true, page: 0, size: 25};
by("all-table").tHead.append(headings(ALL, true));
D.tier_names.forEach((name, i) => by("tier-filter").append(el("option", {value: i + 1}, name)));

function compare(one, other) {
  const a = COLUMNS[state.sort].value(one), b = COLUMNS[state.sort].value(other);
  const gone = [a, b].map(value => value === "" || Number.isNaN(value));
  if (gone[0] || gone[1]) return gone[0] - gone[1] || one.i - other.i; // not known: last, either way
  return (a < b ? -1 : a > b ? 1 : 0) * (state.down ? -1 : 1) || one.i - other.i;
}

function found() {
  const words = by("search").value.toLowerCase().split(/\s+/).filter(Boolean), tier = by("tier-filter").value;
  return accounts.filter(a => (!tier || a.tier === tier) &&
    words.every(word => (a.account + " " + a.reason_1 + " " + a.flags).toLowerCase().includes(word))).sort(compare);
}

function showAll() {
  const rows = found(), pages = Math.max(1, Math.ceil(rows.length / state.size));
  state.page = Math.min(state.page, pages - 1);
  by("all-table").tBodies[0].replaceChildren(...rows.slice(state.page * state.size, (state.page + 1) * state.size).map(a => row(a, ALL)));
  by("count").textContent = T.found.replace("{n}", whole.format(rows.length));
  by("page").textContent = T.page.replace("{i}", state.page + 1).replace("{n}", pages);
  by("back").disabled = state.page === 0;
  by("next").disabled = state.page === pages - 1;
  for (const th of by("all-table").tHead.rows[0].cells)
    th.setAttribute("aria-sort", th.dataset.column !== state.sort ? "none" : state.down ? "descending" : "ascending");
}

function again(change) { return event => { change(event); showAll(); }; }
by("search").addEventListener("input", again(() => { state.page = 0; }));
by("tier-filter").addEventListener("change", again(() => { state.page = 0; }));
by("back").addEventListener("click", again(() => { state.page--; }));
by("next").addEventListener("click", again(() => { state.page++; }));
by("all-table").tHead.addEventListener("click", again(event => {
  const column = event.target.closest("th").dataset.column;
  state.down = column === state.sort ? !state.down : !["account", "tier"].includes(column);
  state.sort = column;
}));
showAll();

// Charts
const COLOURS = ["#1d3f66", "#0f7c86", "#6aa84f", "#a9b4c2"];
const colour = tier => COLOURS[shade(tier)];
const NARROW = innerWidth < 760;
const short = zh
  ? "abs(datum.value) >= 1e8 ? format(datum.value / 1e8, '~r') + '亿' : abs(datum.value) >= 1e4 ? format(datum.value / 1e4, '~r') + '万' : format(datum.value, ',')"
  : "abs(datum.value) >= 1e9 ? format(datum.value / 1e9, '~r') + 'bn' : abs(datum.value) >= 1e6 ? format(datum.value / 1e6, '~r') + 'M' : abs(datum.value) >= 1e3 ? format(datum.value / 1e3, '~r') + 'k' : format(datum.value, ',')";
const FONT = getComputedStyle(document.body).fontFamily;
const CONFIG = {
  font: FONT, background: null, view: {stroke: null},
  axis: {labelColor: "#5b6b80", titleColor: "#5b6b80", titleFontWeight: 400, gridColor: "#e8ecf1", domainColor: "#c6d0db", tickColor: "#c6d0db",
    labelFontSize: 11, titleFontSize: 12, labelLimit: 190},
  legend: {labelFontSize: 12, title: null, orient: "top", symbolStrokeWidth: 3, labelColor: "#16243a", ...(NARROW ? {columns: 2} : {})},
};
const LOCALE = zh && {dateTime: "%x %X", date: "%Y-%m-%d", time: "%H:%M:%S", periods: ["上午", "下午"],
  days: ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"], shortDays: ["日", "一", "二", "三", "四", "五", "六"],
  months: Array.from({length: 12}, (_, i) => i + 1 + "月"), shortMonths: Array.from({length: 12}, (_, i) => i + 1 + "月")};
const DAY = {parse: {day: "utc:'%Y-%m-%d'"}};
const when = {field: "day", type: "temporal", title: null, scale: {type: "utc"}, axis: {labelOverlap: true, tickCount: 6}};
const amount = (field, title) => ({field, type: "quantitative", title, axis: {labelExpr: short, tickCount: 5}});

async function draw(id, spec) {
  const holder = by(id);
  holder.replaceChildren();
  const made = await vegaEmbed(holder, {width: "container", height: 260, autosize: {type: "fit", contains: "padding"}, config: CONFIG, ...spec},
    {renderer: "svg", actions: false, ast: true, tooltip: {theme: "light"}, ...(LOCALE ? {timeFormatLocale: LOCALE} : {})});
  made.view.addEventListener("click", (_, item) => {
    const i = item && item.datum && item.datum.i;
    if (Number.isInteger(i)) open_(i);
  });
  return made;
}
const chart = (id, spec) => draw(id, spec).catch(error => { console.error(error); nothing(id); });
const nothing = id => by(id).replaceChildren(el("p", {class: "lead"}, T.none));
// Vega keeps groups in plain objects, where a company called "constructor" would
// meet what every object has: a blank of no width makes each name its own.
const label = (text, rank) => text.replace(/\s+/g, " ") + "\u200b".repeat(rank + 1);
const names_ = {field: "name", type: "nominal", sort: null, title: null, axis: {ticks: false, domain: false, labelLimit: NARROW ? 110 : 190}};

function matrix() {
  const cells = D.matrix.flatMap((counts, tier) => counts.map((n, band) => ({tier: D.tier_names[tier], band: D.bands[band], n})));
  const most = Math.max(1, ...cells.map(cell => cell.n));
  return chart("chart-matrix", {
    data: {values: cells}, height: 46 * D.matrix.length + 50,
    encoding: {
      x: {field: "band", type: "nominal", sort: null, title: T.churn_risk, axis: {labelAngle: 0, orient: "top", domain: false, ticks: false, grid: false}},
      y: {field: "tier", type: "nominal", sort: null, title: null, axis: {domain: false, ticks: false, grid: false, labelFontSize: 12}}},
    layer: [
      {mark: {type: "rect", cornerRadius: 4, stroke: "#fff", strokeWidth: 3},
        encoding: {color: {field: "n", type: "quantitative", legend: null, scale: {type: "sqrt", domain: [0, most], range: ["#f1f5f8", "#1d6f8a"]}},
          tooltip: [{field: "tier", title: T.tier}, {field: "band", title: T.churn_risk}, {field: "n", title: T.accounts}]}},
      {mark: {type: "text", fontSize: 14, fontWeight: 600}, encoding: {text: {field: "n", type: "quantitative", format: ",d"},
        color: {condition: {test: `datum.n > ${0.35 * most}`, value: "#fff"}, value: "#16243a"}}}],
  });
}

/* Value and potential (T2), each account a dot. */
function classes() {
  const rows = accounts.filter(a => a.value !== null && a.potential !== null).map(a => ({i: a.i, account: a.account, value: a.value,
    potential: a.potential, class: a.class || T.no_class, revenue: a.window}));
  if (!rows.length) return by("chart-t2").replaceChildren(el("p", {class: "lead"}, T.no_potential));
  const names = [...D.classes, T.no_class], axis = {format: ".1f", tickCount: 5};
  return chart("chart-t2", {
    data: {values: rows}, height: 300,
    mark: {type: "point", filled: true, size: 70, opacity: .75, stroke: "#fff", strokeWidth: .6, cursor: "pointer"},
    encoding: {
      x: {field: "potential", type: "quantitative", title: T.potential_score, scale: {domain: [0, 1]}, axis},
      y: {field: "value", type: "quantitative", title: T.value_score, scale: {domain: [0, 1.05]}, axis},
      color: {field: "class", type: "nominal", legend: {columns: NARROW ? 2 : 3, symbolOpacity: 1}, scale: {domain: names, range: ["#1d3f66", "#d97706", "#0f7c86", "#8b5cf6", "#a9b4c2", "#dfe5ec"]}},
      tooltip: [{field: "account", title: T.account}, {field: "class", title: T.class}, {field: "revenue", title: T.revenue_12m, format: ",.0f"},
        {field: "value", title: T.value_score, format: ".2f"}, {field: "potential", title: T.potential_score, format: ".2f"}]},
  });
}

function values() {
  const rows = D.best.map(i => accounts[i]).map((a, rank) => ({i: a.i, name: label(a.account, rank), account: a.account, clv: number(a.clv),
    low: number(a.clv_low), high: number(a.clv_high), tier: tierName(a), risk: percent(number(a.churn_risk))}));
  if (!rows.length) return nothing("chart-clv");
  return chart("chart-clv", {
    data: {values: rows}, height: 20 * rows.length + 80,
    encoding: {y: names_, tooltip: [{field: "account", title: T.account}, {field: "clv", title: T.clv, format: ",.0f"}, {field: "low", title: T.low, format: ",.0f"},
      {field: "high", title: T.high, format: ",.0f"}, {field: "risk", title: T.churn_risk}]},
    layer: [
      {mark: {type: "rule", strokeWidth: 5, strokeCap: "round", opacity: .3, cursor: "pointer"},
        encoding: {x: amount("low", T.clv), x2: {field: "high"}, color: tierColour()}},
      {mark: {type: "point", filled: true, size: 80, opacity: 1, cursor: "pointer"}, encoding: {x: amount("clv", T.clv), color: tierColour()}}],
  });
}
// Who never ordered has no tier.
const tierName = a => a.tier_name || T.no_class;
const TIERS = [...D.tier_names, ...(accounts.some(a => !a.tier_name) ? [T.no_class] : [])];
const tierColour = () => ({field: "tier", type: "nominal", scale: {domain: TIERS, range: TIERS.map((_, i) => colour(i))}});

function whale() {
  const points = D.whale.map(([n, total]) => ({n, total}));
  if (points.length < 2) return nothing("chart-whale");
  const tip = [{field: "n", title: T.best_n, format: ",d"}, {field: "total", title: D.has_cost ? T.profit : T.revenue, format: ",.0f"}];
  return chart("chart-whale", {
    data: {values: points},
    encoding: {x: {field: "n", type: "quantitative", title: T.best_n, axis: {format: ",d", tickCount: 5, tickMinStep: 1}, scale: {nice: false}},
      y: amount("total", D.has_cost ? T.profit : T.revenue), tooltip: tip},
    layer: [
      {mark: {type: "area", line: {color: "#0f7c86", strokeWidth: 2.5}, color: "#0f7c86", opacity: .85, fillOpacity: .12}},
      {mark: {type: "point", size: 60, opacity: 0}},
      ...(D.peak > 0 ? [{transform: [{filter: `datum.n === ${D.peak}`}], mark: {type: "point", filled: true, size: 90, color: "#c2410c", opacity: 1}}] : [])],
  });
}

function shares() {
  const rows = D.shares.map(([i, share], rank) => ({i, name: label(accounts[i].account, rank), account: accounts[i].account, share, tier: tierName(accounts[i])}));
  if (!rows.length) return nothing("chart-share");
  return chart("chart-share", {
    data: {values: rows}, height: 22 * rows.length + 50,
    encoding: {
      y: names_,
      x: {field: "share", type: "quantitative", title: T.share, axis: {format: ".1~%", tickCount: 5}},
      tooltip: [{field: "account", title: T.account}, {field: "share", title: T.share, format: ".2%"}]},
    layer: [
      {mark: {type: "bar", cornerRadiusEnd: 3, cursor: "pointer"}, encoding: {color: {...tierColour(), legend: null}}},
      {mark: {type: "text", align: "left", dx: 4, fontSize: 11, color: "#5b6b80"}, encoding: {text: {field: "share", format: ".1%"}}}],
  });
}

function risks() {
  const rows = accounts.map(a => ({i: a.i, account: a.account, risk: number(a.churn_risk), clv: number(a.clv), tier: tierName(a), at: money(a.at_risk ?? NaN),
    why: a.reason_1})).filter(r => r.clv > 0 && Number.isFinite(r.risk));
  if (!rows.length) return nothing("chart-risk");
  const most = Math.min(1, 1.1 * Math.max(.02, ...rows.map(r => r.risk)));
  return chart("chart-risk", {
    data: {values: rows}, height: 360,
    mark: {type: "point", filled: true, size: rows.length > 800 ? 28 : 64, opacity: .7, stroke: "#fff", strokeWidth: .6, cursor: "pointer"},
    encoding: {
      x: {field: "risk", type: "quantitative", title: T.churn_risk, axis: {labelExpr: "format(datum.value, datum.value > 0 && datum.value < .01 ? '.1%' : '.0%')", values: [0, .001, .005, .01, .02, .05, .1, .2, .4, .6, .8, 1].filter(tick => tick <= most), labelOverlap: true},
        scale: {type: "sqrt", domain: [0, most], nice: false}},
      y: {field: "clv", type: "quantitative", title: T.clv, scale: {type: "log", nice: false, padding: 8}, axis: {labelExpr: short, tickCount: 5, labelOverlap: true}},
      color: tierColour(),
      tooltip: [{field: "account", title: T.account}, {field: "risk", title: T.churn_risk, format: ".1%"}, {field: "clv", title: T.clv, format: ",.0f"},
        {field: "at", title: T.at_risk}, {field: "why", title: T.why}]},
  });
}

function tracking() {
  const rows = D.tracking.flatMap(([day, forecast, actual]) => [{day, n: actual, what: T.happened}, {day, n: forecast, what: T.forecast}]);
  const colours = {domain: [T.happened, T.forecast], range: ["#16243a", "#0f7c86"]};
  return chart("chart-tracking", {
    data: {values: rows, format: DAY}, mark: {type: "line", strokeWidth: 2.5, point: {size: 30}},
    encoding: {x: when, y: {field: "n", type: "quantitative", title: T.order_days, axis: {format: ",d", tickCount: 5, tickMinStep: 1}},
      color: {field: "what", type: "nominal", scale: colours, legend: {symbolType: "stroke"}},
      strokeDash: {field: "what", type: "nominal", legend: {symbolType: "stroke"}, scale: {domain: colours.domain, range: [[1, 0], [6, 4]]}},
      tooltip: [{field: "day", type: "temporal", timeUnit: "utcyearmonthdate", title: T.day, format: "%Y-%m-%d"}, {field: "what", title: " "}, {field: "n", title: T.order_days, format: ",.1f"}]},
  });
}

function calibration() {
  const rows = D.calibration.flatMap(([label, expected, happened]) => [{label, n: happened, what: T.happened}, {label, n: expected, what: T.forecast}]);
  if (!rows.length) return nothing("chart-calibration");
  return chart("chart-calibration", {
    data: {values: rows}, mark: {type: "bar", cornerRadiusEnd: 2},
    encoding: {x: {field: "label", type: "nominal", sort: null, title: T.churn_risk, axis: {labelAngle: 0, labelOverlap: true}}, xOffset: {field: "what", sort: [T.happened, T.forecast]},
      y: {field: "n", type: "quantitative", title: T.left, axis: {format: ",d", tickCount: 5, tickMinStep: 1}},
      color: {field: "what", type: "nominal", scale: {domain: [T.happened, T.forecast], range: ["#16243a", "#5fb0b7"]}},
      tooltip: [{field: "label", title: T.churn_risk}, {field: "what", title: " "}, {field: "n", title: T.left, format: ",.1f"}]},
  });
}

// An account's page
function facts(holder, pairs) {
  holder.replaceChildren(...pairs.map(([name, value]) => el("tr", {}, el("th", {scope: "row"}, name), el("td", {"data-fact": name}, value))));
}

function tiles(a) {
  const one = (label, value, more, warn) => el("div", {class: warn ? "tile warn" : "tile"}, el("span", {class: "label"}, label), el("strong", {}, value),
    el("span", {class: "more"}, more || ""));
  by("account-tiles").replaceChildren(
    one(T.clv, money(number(a.clv)), a.clv_low === "" ? "" : D.interval + ": " + money(number(a.clv_low)) + " – " + money(number(a.clv_high))),
    one(T.churn_risk, percent(number(a.churn_risk)), D.horizon, number(a.churn_risk) >= .5),
    one(T.at_risk, money(a.at_risk ?? NaN), T.at_risk_more, number(a.churn_risk) >= .5),
    one(T.revenue_12m, money(a.window ?? NaN), a.to_next > 0 ? T.to_next_more.replace("{x}", money(a.to_next)) : ""),
    one(D.has_cost ? T.profit : T.revenue, money(number(D.has_cost ? a.profit : a.revenue)),
      a.margin_pct === "" ? "" : T.margin + " " + number(a.margin_pct).toFixed(1) + " %"));
}

function reasons(a) {
  by("account-reasons").replaceChildren(...[a.reason_1, a.reason_2, a.reason_3].filter(Boolean).map(text => el("li", {}, text)));
  const rows = a.reasons.map(([name, x]) => ({name, x, up: x > 0 ? T.raises : T.lowers}));
  if (!rows.length) return nothing("chart-reasons");
  return chart("chart-reasons", {
    data: {values: rows}, height: 30 * rows.length + 80, mark: {type: "bar", cornerRadiusEnd: 3},
    encoding: {y: {field: "name", type: "nominal", sort: null, title: null, axis: {ticks: false, domain: false}},
      x: {field: "x", type: "quantitative", title: T.log_odds, axis: {tickCount: 5, format: "+.2~f"}},
      color: {field: "up", type: "nominal", scale: {domain: [T.raises, T.lowers], range: ["#c2410c", "#1b7f4d"]}},
      tooltip: [{field: "name", title: T.why}, {field: "x", title: T.log_odds, format: "+.3f"}]},
  });
}

function history_(a) {
  const lines = D.lines[a.i], total = D.n_lines[a.i];
  by("history-note").textContent = (total > lines.length ? T.last_lines.replace("{n}", whole.format(lines.length)) : T.lines_shown).replace("{all}", whole.format(total));
  const names = [["day", T.day, 0], ["revenue", T.revenue, 1], ["cost", T.cost, 2], ["order", T.order, 3]].filter(([name]) =>
    name !== "cost" || D.has_cost).filter(([name]) => name !== "order" || D.has_order);
  by("account-lines").tHead.replaceChildren(el("tr", {}, ...names.map(([name, title]) => el("th", {class: name === "revenue" || name === "cost" ? "n" : ""}, title))));
  by("account-lines").tBodies[0].replaceChildren(...lines.slice().reverse().map(line => el("tr", {}, ...names.map(([name, , j]) =>
    el("td", {class: name === "revenue" || name === "cost" ? "n" : ""}, line[j] === null ? "–" : typeof line[j] === "number" ? money(line[j]) : line[j])))));
  const rows = lines.map(([day, revenue]) => ({day, revenue, what: revenue < 0 ? T.returned : T.revenue}));
  if (!rows.length) return nothing("chart-history");
  return chart("chart-history", {
    data: {values: rows, format: DAY}, height: 220, mark: {type: "bar", width: 4},
    encoding: {x: when, y: {...amount("revenue", null), aggregate: "sum"},
      color: {field: "what", type: "nominal", legend: null, scale: {domain: [T.revenue, T.returned], range: ["#0f7c86", "#c2410c"]}},
      tooltip: [{field: "day", type: "temporal", timeUnit: "utcyearmonthdate", title: T.day, format: "%Y-%m-%d"}, {field: "revenue", aggregate: "sum", title: T.revenue, format: ",.2f"}]},
  });
}

async function open_(i) {
  const a = accounts[i];
  by("account-name").textContent = a.account;
  by("account-tier").textContent = [a.tier_name, a.class].filter(Boolean).join(" · ");
  by("account-line").textContent = a.first_day ? T.since.replace("{first}", a.first_day).replace("{last}", a.last_day).replace("{n}", days(a.silence ?? NaN)) : T.never;
  tiles(a);
  facts(by("account-facts"), D.header.map(name => [name, group(a[name]) || "–"]).map(([name, value]) =>
    [name, ["account", "first_day", "last_day"].includes(name) || name.startsWith("reason") ? a[name] || "–" : value]));
  if (!by("account").open) by("account").showModal();
  by("account").scrollTop = 0;
  history.replaceState(null, "", "#account-" + i);
  await Promise.all([reasons(a), history_(a)]);
}
by("account").addEventListener("close", () => history.replaceState(null, "", location.pathname + location.search));
by("close").addEventListener("click", () => by("account").close());
by("account").addEventListener("click", event => { if (event.target === by("account")) by("account").close(); });
function pick(event) {
  const tr = event.target.closest("tr[data-account]");
  if (tr && (event.type === "click" || event.key === "Enter")) open_(Number(tr.dataset.account));
}
document.addEventListener("click", pick);
document.addEventListener("keydown", pick);

Promise.all([classes(), matrix(), values(), whale(), shares(), risks(), ...(D.tracking.length ? [tracking(), calibration()] : [])]).then(() => {
  const at = /^#account-(\d+)$/.exec(location.hash);
  if (at && accounts[at[1]]) return open_(Number(at[1]));
}).then(() => { document.documentElement.dataset.ready = "yes"; });
})();
