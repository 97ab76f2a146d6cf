-- SPDX-License-Identifier: MIT
-- SAP Business One 9.3 and 10 on Microsoft SQL Server (HANA: the same names, quoted). Money is the
-- local currency. Cost is revenue less the row's gross profit, by the base price that is set up.

create view kam_orders as
select s.CardCode as account, s.DocNum as "order", s.DocDate as day, l.Quantity as quantity, l.LineTotal as revenue,
       l.LineTotal - l.GrssProfit as cost, l.ShipDate as promised_day,
       case when l.OpenQty <= 0 then
           (select max(d.DocDate) from DLN1 i
              join ODLN d on d.DocEntry = i.DocEntry
             where i.BaseType = 17 and i.BaseEntry = l.DocEntry and i.BaseLine = l.LineNum
               and d.CANCELED = 'N') end as delivered_day
  from RDR1 l
  join ORDR s on s.DocEntry = l.DocEntry
 where s.CANCELED = 'N'
union all
select s.CardCode, s.DocNum, s.DocDate, -l.Quantity, -l.LineTotal, -(l.LineTotal - l.GrssProfit), null, null
  from RIN1 l
  join ORIN s on s.DocEntry = l.DocEntry
 where s.CANCELED = 'N';

create view kam_invoices as
select i.CardCode as account, i.DocNum as invoice, i.DocDate as invoice_day, i.DocDueDate as due_day,
       case when i.DocStatus = 'C' then
           (select max(p.DocDate) from RCT2 a
              join ORCT p on p.DocEntry = a.DocNum
             where a.InvType = 13 and a.DocEntry = i.DocEntry and p.Canceled = 'N') end as paid_day,
       i.DocTotal as amount
  from OINV i
 where i.CANCELED = 'N'
union all
select i.CardCode, i.DocNum, i.DocDate, i.DocDueDate, null, -i.DocTotal
  from ORIN i
 where i.CANCELED = 'N';

create view kam_contracts as
select c.CstmrCode as account, c.StartDate as start, coalesce(c.TermDate, c.EndDate) as "end",
       case when c.Status = 'T' then 'yes' end as ended, null as value, null as term_months
  from OCTR c
 where c.Status in ('A', 'T');

-- Times are whole numbers: 1430 is half past two.
create view kam_tickets as
select t.customer as account, t.createDate as day,
       datediff(day, t.createDate, t.closeDate) * 24.0 + (t.closeTime / 100 - t.createTime / 100)
           + (t.closeTime % 100 - t.createTime % 100) / 60.0 as hours,
       null as "limit", case when t.status = -1 then 0 else 1 end as is_open
  from OSCL t;
