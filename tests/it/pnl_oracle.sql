-- The P&L once more, for DuckDB, straight from the lake's tables: whole numbers of ten-thousandths,
-- correlated subqueries and as-of joins where `queries/` has CTEs and equality joins.
-- Besides the lake's tables it reads sku_map, bundle_parts, run and fees (a row per channel).

create macro half_away(n, d) as sign(n) * ((abs(n) + d // 2) // d);
create macro tt(amount) as cast(coalesce(amount, 0) * 10000 as hugeint);
-- Arguments are written with their table: a bare column would be caught by the macro's own.
create macro own_sku(on_channel, number, stated) as coalesce(
    (select any_value(m.sku) from sku_map m where m.channel = on_channel and m.channel_sku = coalesce(number, stated)),
    stated, number, '(unallocated)');

create table sold as
select channel, order_id, own_sku(l.channel, l.channel_sku, l.sku) as sku, order_day as day, currency, fulfilment,
       quantity, case when gross is null then tt(unit_price) * quantity else tt(gross) end as gross,
       tt(discount) as discount, tt(shipping_charged) as shipping
from order_lines l
where status != 'cancelled' and fulfilment != 'other_channel' and order_day <= (select as_of from run)
  and (gross is not null or unit_price is not null);

create table weights as
select channel, order_id, sku, greatest(sum(gross - discount), 0) as weight, any_value(day) as day
from sold group by all;

create table dead as
select channel, order_id from order_lines group by all
having bool_and(status = 'cancelled' or fulfilment = 'other_channel');

-- Amounts of orders, to be shared among their SKUs by largest remainder.
create macro is_settled(on_channel, id) as exists (
    from settlement_lines s where s.channel = on_channel and s.order_id = id and s.posted_day <= (select as_of from run));
create macro is_labelled(on_channel, id) as exists (
    from settlement_lines s where s.channel = on_channel and s.order_id = id and s.kind = 'shipping_label'
     and s.posted_day <= (select as_of from run));

create table statement_line as
select * from (values
    ('refund', 'refunds', -1), ('referral_fee', 'referral_fees', -1), ('fulfilment_fee', 'fulfilment_fees', -1),
    ('payment_fee', 'payment_fees', -1), ('storage_fee', 'storage_fees', -1), ('subscription_fee', 'other_fees', -1),
    ('other', 'other_fees', -1), ('shipping_label', 'shipping_paid', -1), ('advertising', 'advertising', -1),
    ('return_fee', 'return_costs', -1), ('chargeback', 'return_costs', -1), ('reimbursement', 'reimbursements', 1)
) v(kind, line, turn);

create table charged as
select s.channel, coalesce(s.order_id, '') as order_id, own_sku(s.channel, s.channel_sku, s.sku) as sku,
       w.line, s.kind, s.posted_day as day, s.currency, turn * tt(s.amount) as amount, false as estimated
from settlement_lines s join statement_line w using (kind)
union all
select r.channel, coalesce(r.order_id, ''), own_sku(r.channel, r.channel_sku, r.sku), 'refunds', 'refund',
       r.refund_day, coalesce(r.currency, (select currency from run)), tt(r.amount), false
from refund_lines r
where case when coalesce(r.order_id, '') = ''
    then r.channel not in (select channel from settlement_lines where posted_day <= (select as_of from run))
    else not exists (from settlement_lines s where s.kind = 'refund' and s.channel = r.channel
                     and s.order_id = r.order_id and s.posted_day <= (select as_of from run)) end
union all
select a.channel, '', case when a.sku = '' then '(unallocated)' else own_sku(a.channel, a.sku, a.sku) end,
       'advertising', 'advertising', a.day, a.currency, tt(a.amount), false
from advertising a where a.in_settlement is distinct from true;

delete from charged where day > (select as_of from run)
    or (line = 'refunds' and (channel, order_id) in (from dead));

-- Fixed fees of whole orders that nobody has settled.
insert into charged
select o.channel, o.order_id, '(unallocated)', f.line, f.line, o.day, (select currency from run), f.amount, true
from (select channel, order_id, min(day) as day, bool_or(fulfilment = 'seller') as by_seller from sold group by all) o,
     lateral (
        select 'payment_fees' as line, tt(payment_per_order) as amount from fees
        where fees.channel = o.channel and not is_settled(o.channel, o.order_id)
        union all
        select 'shipping_paid', tt(shipping_per_order) from fees
        where fees.channel = o.channel and o.by_seller and not is_labelled(o.channel, o.order_id)
     ) f;

create table landed as
with asked as (
    select channel, order_id, line, kind, day, currency, estimated, sum(amount) as amount
    from charged where sku = '(unallocated)' group by all
),
offered as (
    select a.*, coalesce(w.sku, '(unallocated)') as sku, coalesce(w.weight, 0) as weight,
           case when a.amount % 100 = 0 then 100 else 1 end as coin, coalesce(w.day, a.day) as order_day
    from asked a left join weights w on w.channel = a.channel and w.order_id = a.order_id
),
weighed as (
    select *, case when sum(weight) over every_sku = 0 then 1 else weight end as pull
    from offered window every_sku as (partition by channel, order_id, line, kind, day, currency, estimated)
),
floored as (
    select *, abs(amount // coin) * pull // sum(pull) over every_sku as part,
           abs(amount // coin) * pull % sum(pull) over every_sku as remainder
    from weighed window every_sku as (partition by channel, order_id, line, kind, day, currency, estimated)
),
ranked as (
    select *, row_number() over (partition by channel, order_id, line, kind, day, currency, estimated
                                 order by remainder desc, sku) as place,
           abs(amount // coin) - sum(part) over (partition by channel, order_id, line, kind, day, currency, estimated) as odd
    from floored
)
select channel, sku, line, day, currency, estimated,
       sign(amount) * coin * (part + case when place <= odd then 1 else 0 end) as amount
from ranked
union all
select channel, sku, line, day, currency, estimated, amount from charged where sku != '(unallocated)'
union all
select channel, sku, unnest(['gross_sales', 'discounts', 'shipping_charged']), day, currency, false,
       unnest([gross, discount, shipping])
from sold
union all
select channel, sku, 'gross_settled', day, currency, false, gross
from sold o
where is_settled(o.channel, o.order_id)
   or (channel not in (select channel from settlement_lines) and channel not in (select channel from fees where marketplace));

-- Fees by rate and by unit: the rate meets the sum of a month, or of a day where the currency is foreign.
insert into landed
with base as (
    select channel, sku, strftime(day, '%Y-%m') as month, currency,
           case when currency = (select currency from run) then null else day end as rate_day, min(day) as day,
           sum(gross - discount + shipping) as paid, sum(quantity) as units
    from sold o where not is_settled(o.channel, o.order_id) group by all
)
select b.channel, b.sku, 'referral_fees', b.day, b.currency, true,
       half_away(b.paid * cast(referral_rate * 1000000 as hugeint), 100000000) * 100
from base b join fees using (channel)
union all
select b.channel, b.sku, 'payment_fees', b.day, b.currency, true,
       half_away(b.paid * cast(payment_rate * 1000000 as hugeint), 100000000) * 100
from base b join fees using (channel)
union all
select b.channel, b.sku, 'fulfilment_fees', b.day, (select currency from run), true, b.units * tt(fulfilment_per_unit)
from base b join fees using (channel);

create table converted as
with sums as (
    select strftime(day, '%Y-%m') as month, channel, sku, line, estimated, currency, day, sum(amount) as amount
    from landed group by all
)
select s.*, case
    when s.currency = (select currency from run) or s.amount = 0 then s.amount
    else (
        select half_away(s.amount * cast(x.rate * 1000000 as hugeint), 100000000) * 100
        from exchange_rates x
        where x.currency = s.currency and x."into" = (select currency from run)
          and x.day between s.day - 7 and s.day
        order by x.day desc limit 1)
    end as home
from sums s;

create table goods as
with moved as (
    select channel, sku, day, quantity from sold
    union all
    select channel, own_sku(r.channel, r.channel_sku, r.sku), refund_day, -quantity from refund_lines r
    where disposition = 'sellable' and quantity != 0 and refund_day <= (select as_of from run)
      and (channel, coalesce(order_id, '')) not in (from dead) and coalesce(channel_sku, sku) is not null
),
parts as (
    select m.channel, m.sku, m.day, coalesce(p.sku, m.sku) as component, m.quantity * coalesce(p.quantity, 1) as quantity
    from moved m left join bundle_parts p on p.bundle_sku = m.sku
)
select strftime(p.day, '%Y-%m') as month, p.channel, p.sku,
       case when count(*) filter (where c.unit_cost is null or (c."until" is not null and c."until" < p.day)) > 0
            then null else sum(p.quantity * tt(c.unit_cost)) end as home
from parts p asof left join costs c on c.sku = p.component and c."from" <= p.day
group by all;

create table by_sku as
with amounts as (
    select month, channel, sku, line, case when count(*) = count(home) then sum(home) end as home
    from converted group by all
    union all
    select month, channel, sku, 'cost_of_goods', home from goods
    union all
    select distinct strftime(day, '%Y-%m'), channel, sku, 'gross_sales', 0 from charged
    where sku != '(unallocated)' or order_id = ''
)
select month, channel, sku,
       (select coalesce(sum(quantity), 0) from sold o
        where o.channel = a.channel and o.sku = a.sku and strftime(o.day, '%Y-%m') = a.month) as units,
       {columns}
from amounts a group by month, channel, sku;

with every_row as (
    select month, channel, sku, units, {names} from by_sku
    union all
    select month, channel, '*', sum(units), {sums} from by_sku group by month, channel
)
select e.*,
       case when sku = '*' then (select count(distinct order_id) from sold o
            where o.channel = e.channel and strftime(o.day, '%Y-%m') = e.month) else -1 end as orders
from every_row e
order by month, channel, sku;
