-- SPDX-License-Identifier: MIT
-- Dynamics 365 Business Central as Microsoft SQL Server holds it. There the name of a table stands between
-- those of the company and of the application (CRONUS$Customer$437d...): make a synonym of the bare name
-- for each. 1753-01-01 is no day. Money is the local currency. Contracts and opportunities are read by the fields and
-- values of Microsoft's base application: tables 5965 (Service Contract Header), 5092, 5093 and 5054, enum 5967.

-- Lines of posted invoices and credit memos, for orders are deleted once they are invoiced. Promised and
-- delivered days are kept with shipments.
create view kam_orders as
select h.[Sell-to Customer No_] as account, coalesce(nullif(h.[Order No_], ''), h.[No_]) as [order],
       coalesce(nullif(h.[Order Date], '1753-01-01'), h.[Posting Date]) as day, l.[Quantity (Base)] as quantity,
       l.[Amount] / coalesce(nullif(h.[Currency Factor], 0), 1) as revenue, l.[Quantity] * l.[Unit Cost (LCY)] as cost,
       null as promised_day, null as delivered_day
  from [Sales Invoice Line] l
  join [Sales Invoice Header] h on h.[No_] = l.[Document No_]
 where l.[Type] <> 0
union all
select h.[Sell-to Customer No_], h.[No_], h.[Posting Date], -l.[Quantity (Base)],
       -l.[Amount] / coalesce(nullif(h.[Currency Factor], 0), 1), -l.[Quantity] * l.[Unit Cost (LCY)], null, null
  from [Sales Cr_Memo Line] l
  join [Sales Cr_Memo Header] h on h.[No_] = l.[Document No_]
 where l.[Type] <> 0;

-- Document types: 2 an invoice, 3 a credit memo. Entry type 1: what the entry was at first.
create view kam_invoices as
select e.[Customer No_] as account, e.[Document No_] as invoice, e.[Posting Date] as invoice_day, e.[Due Date] as due_day,
       case when e.[Open] = 0 then nullif(e.[Closed at Date], '1753-01-01') end as paid_day,
       (select sum(d.[Amount (LCY)]) from [Detailed Cust_ Ledg_ Entry] d
         where d.[Cust_ Ledger Entry No_] = e.[Entry No_] and d.[Entry Type] = 1) as amount
  from [Cust_ Ledger Entry] e
 where e.[Document Type] in (2, 3) and e.[Reversed] = 0;

-- Service contracts, by the year; 1 is signed, 2 cancelled.
create view kam_contracts as
select c.[Customer No_] as account, c.[Starting Date] as start, nullif(c.[Expiration Date], '1753-01-01') as [end],
       case when c.[Status] = 2 then 'yes' end as ended, c.[Annual Amount] as value, 12 as term_months
  from [Service Contract Header] c
 where c.[Contract Type] = 1 and (c.[Status] = 1 or (c.[Status] = 2 and c.[Expiration Date] > '1753-01-01'));

-- Status: 2 won, 3 lost. Of companies that are customers.
create view kam_opportunities as
select r.[No_] as account, o.[Creation Date] as opened_day, nullif(o.[Date Closed], '1753-01-01') as closed_day,
       case o.[Status] when 2 then 1 when 3 then 0 end as won,
       (select sum(n.[Estimated Value (LCY)]) from [Opportunity Entry] n where n.[Opportunity No_] = o.[No_] and n.[Active] = 1) as value
  from [Opportunity] o
  join [Contact Business Relation] r on r.[Contact No_] = o.[Contact Company No_] and r.[Link to Table] = 1;
