-- The P&L once more, for DuckDB, straight from the lake's tables: whole numbers of ten-thousandths,
-- correlated subqueries and as-of joins where `queries/` has CTEs and equality joins.
-- Besides the lake's tables it reads sku_map, bundle_parts, run and fees (a row per channel).

create macro half_away(n, d) as sign(n) * ((abs(n) + d // 2) // d);
create macro tt(amount) as cast(coalesce(amount, 0) * 10000 as hugeint);
-- Arguments are written with their table: a bare column would be caught by the macro's own.
create macro own_sku(on_channel, number, stated, on_day) as coalesce(
    (select any_value(m.sku) from sku_map m where m.channel = on_channel and m.channel_sku = coalesce(number, stated)
        and on_day between m.from_day and m.until_day),
    stated, number, '(unallocated)');

-- Of a settlement that one document tells whole, what others tell of the same month is left out.
delete from settlement_lines d where d.whole is distinct from true and exists (
    from settlement_lines w where w.whole and w.channel = d.channel and w.settlement_id = d.settlement_id
     and date_trunc('month', w.posted_day) = date_trunc('month', d.posted_day));

create table sold as
select channel, order_id, own_sku(l.channel, l.channel_sku, l.sku, l.order_day) as sku, order_day as day, currency, fulfilment,
       quantity, case when gross is null then tt(unit_price) * quantity else tt(gross) end as gross,
       tt(discount) as discount, tt(shipping_charged) as shipping, tt(tax) as tax
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
    from settlement_lines s where s.channel = on_channel and s.order_id = id and s.kind <> 'shipping_label'
     and s.posted_day <= (select as_of from run));
create macro is_labelled(on_channel, id) as exists (
    from settlement_lines s where s.channel = on_channel and s.order_id = id and s.kind = 'shipping_label'
     and s.posted_day <= (select as_of from run));

create table statement_line as
select * from (values
    ('refund', 'refunds', -1), ('referral_fee', 'referral_fees', -1), ('fulfilment_fee', 'fulfilment_fees', -1),
    ('payment_fee', 'payment_fees', -1), ('storage_fee', 'storage_fees', -1), ('subscription_fee', 'other_fees', -1),
    ('service_fee', 'other_fees', -1),
    ('other', 'other_fees', -1), ('shipping_label', 'shipping_paid', -1), ('advertising', 'advertising', -1),
    ('return_fee', 'return_costs', -1), ('chargeback', 'return_costs', -1), ('reimbursement', 'reimbursements', 1)
) v(kind, line, turn);

create table charged as
select s.channel, coalesce(s.order_id, '') as order_id, own_sku(s.channel, s.channel_sku, s.sku, s.posted_day) as sku,
       w.line, s.kind, s.posted_day as day, s.currency, turn * tt(s.amount) as amount, false as estimated,
       coalesce(s.tax_included and s.kind = 'refund', false) and not exists (
           from settlement_lines t where t.kind = 'tax_collected' and t.tax_included = false and t.channel = s.channel
           and t.settlement_id = s.settlement_id and t.order_id = s.order_id and t.posted_day = s.posted_day) as taxed
from settlement_lines s join statement_line w using (kind)
union all
select r.channel, coalesce(r.order_id, ''), own_sku(r.channel, r.channel_sku, r.sku, r.refund_day), 'refunds', 'refund',
       r.refund_day, coalesce(r.currency, (select currency from run)), tt(r.amount), false, coalesce(r.tax_included, false)
from refund_lines r
where case when coalesce(r.order_id, '') = ''
    then r.channel not in (select channel from settlement_lines where posted_day <= (select as_of from run))
    else not exists (from settlement_lines s where s.kind = 'refund' and s.channel = r.channel
                     and s.order_id = r.order_id and s.posted_day <= (select as_of from run)) end
union all
select a.channel, '', case when a.sku = '' then '(unallocated)' else own_sku(a.channel, a.sku, a.sku, a.day) end,
       'advertising', 'advertising', a.day, a.currency, tt(a.amount), false, false
from advertising a where a.in_settlement is distinct from true;

delete from charged where day > (select as_of from run)
    or (line = 'refunds' and (channel, order_id) in (from dead));

-- Refunds told with the buyer's tax: what was refunded so far holds goods in proportion to the order;
-- each refund is what it adds to that. Of two equal remainders the goods get the odd unit.
create macro goods_of(refunded, goods, tax, coin) as
    sign(refunded) * coin * ((2 * (abs(refunded) // coin) * goods + goods + tax) // (2 * (goods + tax)));
create table taxed as
with refunds as (
    select channel, order_id, sku, day, currency, sum(amount) as amount
    from charged where taxed group by all
),
orders as (
    select channel, order_id, sum(gross - discount + shipping) as goods, sum(tax) as tax,
           count(distinct sku) as skus, min(sku) as only_sku
    from sold group by all
),
placed as (
    select r.*, goods, tax, case when r.sku = '(unallocated)' and o.skus = 1 then o.only_sku else r.sku end as place
    from refunds r join orders o using (channel, order_id) where tax > 0 and goods >= 0
),
so_far as (
    select *, sum(amount) over (partition by channel, order_id, currency order by day, place, sku) as refunded
    from placed
),
nets as (
    select *, goods_of(refunded, goods, tax, case when refunded % 100 = 0 then 100 else 1 end) as net from so_far
)
select channel, order_id, sku, day, currency,
       net - lag(net, 1, 0) over (partition by channel, order_id, currency order by day, place, sku) - amount as amount
from nets;
insert into charged
select channel, order_id, sku, 'refunds', 'refund', day, currency, amount, false, false from taxed;

-- Fixed fees of whole orders that nobody has settled.
insert into charged
select o.channel, o.order_id, '(unallocated)', f.line, f.line, o.day, (select currency from run), f.amount, true, false
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
where is_settled(o.channel, o.order_id);

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
    select channel, own_sku(r.channel, r.channel_sku, r.sku, r.refund_day), refund_day, -quantity from refund_lines r
    where disposition = 'sellable' and quantity != 0 and refund_day <= (select as_of from run)
      and (channel, coalesce(order_id, '')) not in (from dead) and coalesce(channel_sku, sku) is not null
),
parts as (
    select m.channel, m.sku, m.day, coalesce(p.sku, m.sku) as component, m.quantity * coalesce(p.quantity, 1) as quantity
    from moved m left join bundle_parts p on p.bundle_sku = m.sku and m.day between p.from_day and p.until_day
),
priced as (
    select p.*, (
        select c.unit_cost from costs c
        where c.sku = p.component and p.day between c."from" and coalesce(c."until", date '9999-12-31')
        order by c."from" desc limit 1) as unit_cost
    from parts p
)
select strftime(day, '%Y-%m') as month, channel, sku,
       case when count(*) = count(unit_cost) then sum(quantity * tt(unit_cost)) end as home
from priced group by all;

create table by_sku as
with amounts as (
    select month, channel, sku, line, case when count(*) = count(home) then sum(home) end as home
    from converted group by all
    union all
    select month, channel, sku, 'cost_of_goods', home from goods
    union all
    select distinct strftime(day, '%Y-%m'), channel, sku, 'gross_sales', 0 from charged
    where sku != '(unallocated)' or order_id = ''
),
everything as (
    from amounts
    union all
    -- where nothing settles, nobody knows
    select distinct month, channel, sku, 'gross_settled', null from amounts
    where channel not in (select channel from settlement_lines)
      and channel not in (select channel from fees where marketplace)
)
select month, channel, sku,
       (select coalesce(sum(quantity), 0) from sold o
        where o.channel = a.channel and o.sku = a.sku and strftime(o.day, '%Y-%m') = a.month) as units,
       {columns}
from everything a group by month, channel, sku;

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
