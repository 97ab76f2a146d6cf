-- SPDX-License-Identifier: MIT
-- libkam inside PostgreSQL; docs/databases.md. NULL is not known; no answer is NULL.

create function kam_version() returns text
    as 'MODULE_PATHNAME', 'kam_pg_version' language c immutable parallel safe;

-- of a row alone
create function kam_net_revenue(gross_revenue float8, returns float8, direct_cost float8, service_cost float8) returns float8
    as 'MODULE_PATHNAME', 'kam_pg_net_revenue' language c immutable parallel safe;
create function kam_contribution(gross_revenue float8, returns float8, direct_cost float8, service_cost float8) returns float8
    as 'MODULE_PATHNAME', 'kam_pg_contribution' language c immutable parallel safe;
create function kam_contribution_ratio(gross_revenue float8, returns float8, direct_cost float8, service_cost float8)
    returns float8 as 'MODULE_PATHNAME', 'kam_pg_contribution_ratio' language c immutable parallel safe;

-- of a row and models
create function kam_alive(models bytea, repeat_orders float8, last_order_periods float8, age_periods float8) returns float8
    as 'MODULE_PATHNAME', 'kam_pg_alive' language c immutable parallel safe;
create function kam_expected_orders(models bytea, repeat_orders float8, last_order_periods float8, age_periods float8)
    returns float8 as 'MODULE_PATHNAME', 'kam_pg_expected_orders' language c immutable parallel safe;
create function kam_churn_risk(models bytea, repeat_orders float8, last_order_periods float8, age_periods float8)
    returns float8 as 'MODULE_PATHNAME', 'kam_pg_churn_risk' language c immutable parallel safe;
create function kam_order_value(models bytea, repeat_orders float8, mean_order_value float8) returns float8
    as 'MODULE_PATHNAME', 'kam_pg_order_value' language c immutable parallel safe;
create function kam_lifetime_value(models bytea, repeat_orders float8, last_order_periods float8, age_periods float8,
                                   mean_order_value float8, gross_revenue float8, returns float8, direct_cost float8,
                                   service_cost float8) returns float8
    as 'MODULE_PATHNAME', 'kam_pg_lifetime_value' language c immutable parallel safe;
create function kam_tier(models bytea, tier_value float8) returns int4
    as 'MODULE_PATHNAME', 'kam_pg_tier' language c immutable parallel safe;
create function kam_tier_again(models bytea, tier_value float8, tier_before float8) returns int4
    as 'MODULE_PATHNAME', 'kam_pg_tier_again' language c immutable parallel safe;
create function kam_reason(models bytea, repeat_orders float8, last_order_periods float8, age_periods float8, which int4,
                           language text) returns text
    as 'MODULE_PATHNAME', 'kam_pg_reason' language c immutable parallel safe;

-- Partial sums: what kam_fit runs as parallel queries. A model is a kam_btyd or a kam_spend.
create function kam_orders_add(internal, model bytea, repeat_orders float8, last_order_periods float8, age_periods float8)
    returns internal as 'MODULE_PATHNAME', 'kam_pg_orders_add' language c immutable parallel safe;
create function kam_spend_add(internal, model bytea, repeat_orders float8, mean_order_value float8)
    returns internal as 'MODULE_PATHNAME', 'kam_pg_spend_add' language c immutable parallel safe;
create function kam_sums_merge(internal, internal) returns internal
    as 'MODULE_PATHNAME', 'kam_pg_sums_merge' language c immutable parallel safe;
create function kam_sums_pack(internal) returns bytea
    as 'MODULE_PATHNAME', 'kam_pg_sums_pack' language c immutable strict parallel safe;
create function kam_sums_unpack(bytea, internal) returns internal
    as 'MODULE_PATHNAME', 'kam_pg_sums_unpack' language c immutable strict parallel safe;
create aggregate kam_orders_objective(model bytea, repeat_orders float8, last_order_periods float8, age_periods float8) (
    sfunc = kam_orders_add, stype = internal, finalfunc = kam_sums_pack, combinefunc = kam_sums_merge,
    serialfunc = kam_sums_pack, deserialfunc = kam_sums_unpack, parallel = safe);
create aggregate kam_spend_objective(model bytea, repeat_orders float8, mean_order_value float8) (
    sfunc = kam_spend_add, stype = internal, finalfunc = kam_sums_pack, combinefunc = kam_sums_merge,
    serialfunc = kam_sums_pack, deserialfunc = kam_sums_unpack, parallel = safe);

-- Models of all rows of a query with columns repeat_orders, last_order_periods, age_periods and mean_order_value.
create function kam_fit(query text, family text default 'mbgnbd') returns bytea
    as 'MODULE_PATHNAME', 'kam_pg_fit' language c stable strict parallel unsafe;
