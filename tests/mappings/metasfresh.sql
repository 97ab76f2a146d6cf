-- SPDX-License-Identifier: MIT
-- The few tables and columns that the views read, and the story that test_mappings.py tells.
create table c_flatrate_term (c_flatrate_term_id integer, c_flatrateterm_next_id integer, c_flatrate_conditions_id integer,
    bill_bpartner_id integer, startdate timestamp, enddate timestamp, contractstatus text, docstatus text, isactive text,
    issimulation text, type_conditions text, priceactual numeric, plannedqtyperunit numeric);
create table c_flatrate_conditions (c_flatrate_conditions_id integer, c_flatrate_transition_id integer);
create table c_flatrate_transition (c_flatrate_transition_id integer, termduration integer, termdurationunit text);

insert into c_flatrate_transition values (1, 1, 'year'), (2, 12, 'month');
insert into c_flatrate_conditions values (1, 1), (2, 2);
-- the first contract was renewed twice, at other prices, and its first term was short; the other was quit within its second, and the third voided
insert into c_flatrate_term values
    (1, 2, 1, 1, '2023-05-01', '2023-06-30', 'Ru', 'CO', 'Y', 'N', 'Subscr', 80, 12),
    (2, 3, 1, 1, '2023-07-01', '2023-12-31', 'Ru', 'CO', 'Y', 'N', 'Subscr', 90, 12),
    (3, null, 1, 1, '2024-01-01', '2024-04-30', 'Ru', 'CO', 'Y', 'N', 'Subscr', 100, 12),
    (4, 5, 2, 2, '2023-01-01', '2023-06-30', 'Qu', 'CO', 'Y', 'N', 'Subscr', 500, 1),
    (5, 6, 2, 2, '2023-07-01', '2023-12-31', 'Qu', 'CO', 'Y', 'N', 'Subscr', 600, 1),
    (6, null, 2, 2, '2024-01-01', '2024-12-31', 'Vo', 'CL', 'Y', 'N', 'Subscr', 600, 1),
    (7, null, 1, 1, '2024-01-01', '2024-12-31', 'Wa', 'DR', 'Y', 'N', 'Subscr', 9, 1),
    (8, null, 1, 1, '2024-01-01', '2024-12-31', 'Ru', 'CO', 'Y', 'Y', 'Subscr', 9, 1),
    (9, null, 1, 1, '2024-01-01', '2024-12-31', 'Ru', 'CO', 'N', 'N', 'Subscr', 9, 1),
    (10, null, 1, 1, '2024-01-01', '2024-12-31', 'Ru', 'CO', 'Y', 'N', 'Procuremnt', 9, 1);
