-- The P&L once more, for DuckDB, straight from the lake's tables: whole numbers of ten-thousandths,
-- correlated subqueries and as-of joins where `queries/` has CTEs and equality joins.
-- Besides the lake's tables it reads sku_map, bundle_parts, channel_currencies, run and fees (a row
-- per channel).

create macro half_away(n, d) as sign(n) * ((abs(n) + d // 2) // d);
create macro tt(amount) as cast(coalesce(amount, 0) * 10000 as hugeint);
-- Arguments are written with their table: a bare column would be caught by the macro's own.
create macro own_sku(on_channel, number, stated, on_day) as coalesce(
    (select any_value(m.sku) from sku_map m where m.channel = on_channel and m.channel_sku = coalesce(number, stated)
        and on_day between m.from_day and m.until_day),
    stated, number, '(unallocated)');

-- At the newest rate of the week up to the day, told either way round.
create macro in_home(amount, foreign_money, on_day) as case
    when foreign_money = (select currency from run) or amount = 0 then amount
    else (
        select case when x.currency = foreign_money
            then half_away(amount * cast(x.rate * 1000000 as hugeint), 100000000)
            else half_away(amount * 10000, cast(x.rate * 1000000 as hugeint)) end * 100
        from exchange_rates x
        where foreign_money in (x.currency, x."into") and (select currency from run) in (x.currency, x."into")
          and x.day between on_day - 7 and on_day
        order by x.day desc, x.currency = foreign_money desc limit 1) end;

-- What is later than the report is not known yet; that an order is there may be.
delete from refund_lines where refund_day > (select as_of from run);
delete from settlement_lines where posted_day > (select as_of from run);

-- Of a settlement that one document tells whole, what others tell of the same month is left out.
delete from settlement_lines d where d.whole is distinct from true and exists (
    from settlement_lines w where w.whole and w.channel = d.channel and w.settlement_id = d.settlement_id
     and date_trunc('month', w.posted_day) = date_trunc('month', d.posted_day));

-- What every line of an order is: goods have units and cost, what is held is another's money.
create table meant as
select l.*, own_sku(l.channel, l.channel_sku, l.sku, l.order_day) as article,
       case when l.currency_assumed then coalesce(c.currency, l.currency) else l.currency end as money,
       case when kind in ('article', 'giveaway') then 'goods'
            when kind in ('gift_wrap', 'handling', 'insurance') then 'delivery'
            when kind in ('tip', 'kept') then 'income' else 'held' end as role,
       status not in ('cancelled', 'unpaid') and fulfilment != 'other_channel' as live
from order_lines l left join channel_currencies c using (channel);

-- Orders that only settlements know. They are told whole where every sale names its article, and
-- every article has units and came to something; they count from the first of their sales on.
create table only_settled as
select *, own_sku(s.channel, s.channel_sku, s.sku, s.posted_day) as article
from settlement_lines s
where order_id is not null
  and not exists (from order_lines l where l.channel = s.channel and l.order_id = s.order_id)
  and not exists (from refund_lines r where r.credit_note and r.channel = s.channel and r.order_id = s.order_id);
create table told_whole as
select channel, order_id, min(first) as day
from (
    select channel, order_id, article, min(posted_day) as first, coalesce(sum(quantity), 0) as units, sum(amount) as came_to
    from only_settled where kind = 'sale' group by all
)
group by channel, order_id
having bool_and(article != '(unallocated)' and units > 0 and came_to > 0);

-- Of the others nothing counts that a sale brought about. What names neither sale nor money back may
-- be a removal or a reimbursement, which need no sale.
create table left_out as
select channel, settlement_id, line from only_settled s
where not exists (from told_whole w where w.channel = s.channel and w.order_id = s.order_id)
  -- Income of its own.
  and kind != 'reimbursement'
  and (kind in ('referral_fee', 'payment_fee')
       or exists (from only_settled b where b.channel = s.channel and b.order_id = s.order_id
                  and b.kind in ('sale', 'refund', 'chargeback')));

create table sold as
select channel, order_id, article as sku, order_day as day, money as currency, fulfilment, role,
       case when role = 'goods' then quantity else 0 end as quantity, unit_cost,
       case when gross is null then tt(unit_price) * quantity else tt(gross) end as gross,
       tt(discount) as discount, tt(shipping_charged) as shipping, tt(tax) as tax
from meant where live and (gross is not null or unit_price is not null) and order_day <= (select as_of from run)
union all
select s.channel, s.order_id, s.article, w.day, s.currency, 'settled', 'goods',
       case when kind = 'sale' then coalesce(quantity, 0) else 0 end, null,
       case when kind = 'sale' then tt(amount) else 0 end, case when kind = 'discount' then -tt(amount) else 0 end,
       case when kind = 'shipping_charged' then tt(amount) else 0 end,
       case when kind = 'tax_collected' then tt(amount) else 0 end
from only_settled s join told_whole w using (channel, order_id)
where kind in ('sale', 'discount', 'shipping_charged', 'tax_collected');

create table weights as
select channel, order_id, sku, greatest(sum(gross - discount), 0) as weight, any_value(day) as day
from sold where role = 'goods' group by all;

-- Orders of which no goods were sold.
create table dead as
select channel, order_id from meant group by all having not bool_or(live and role = 'goods');

-- The article of a refund that names none is that of its order's line.
create table returned as
select r.*, own_sku(r.channel, coalesce(r.channel_sku, r.sku, l.channel_sku, l.sku), coalesce(r.sku, l.sku), r.refund_day) as article
from refund_lines r left join order_lines l
    on r.sku is null and r.channel_sku is null and l.channel = r.channel and l.order_id = r.order_id
   and l.line_id = r.order_line_id;

-- Amounts of orders, to be shared among their SKUs by largest remainder.
create macro is_settled(on_channel, id) as exists (
    from settlement_lines s where s.channel = on_channel and s.order_id = id and s.kind <> 'shipping_label');
create macro is_labelled(on_channel, id) as exists (
    from settlement_lines s where s.channel = on_channel and s.order_id = id and s.kind = 'shipping_label');

create table statement_line as
select * from (values
    ('refund', 'refunds', -1), ('referral_fee', 'referral_fees', -1), ('fulfilment_fee', 'fulfilment_fees', -1),
    ('payment_fee', 'payment_fees', -1), ('storage_fee', 'storage_fees', -1), ('subscription_fee', 'other_fees', -1),
    ('service_fee', 'other_fees', -1), ('other', 'other_fees', -1), ('liquidation', 'other_income', 1),
    ('shipping_label', 'shipping_paid', -1), ('advertising', 'advertising', -1),
    ('return_fee', 'return_costs', -1), ('chargeback', 'return_costs', -1), ('reimbursement', 'reimbursements', 1)
) v(kind, line, turn);

create table charged as
select s.channel, coalesce(s.order_id, '') as order_id, own_sku(s.channel, s.channel_sku, s.sku, s.posted_day) as sku,
       w.line, s.kind, s.posted_day as day, s.currency, turn * tt(s.amount) as amount, false as estimated
from settlement_lines s join statement_line w using (kind)
where s.kind != 'refund' and not exists (
    from left_out u where u.channel = s.channel and u.settlement_id = s.settlement_id and u.line = s.line)
-- What a list of orders tells of a line that was not sold.
and not exists (
    from order_lines l where l.channel = s.channel and l.order_id = s.order_id and l.status in ('cancelled', 'unpaid')
    and (s.kind, s.line) in (('referral_fee', concat_ws('/', l.order_id, l.line_id, 'fee')),
                             ('shipping_label', concat_ws('/', l.order_id, l.line_id, 'shipping_cost'))))
union all
select a.channel, '', case when a.sku = '' then '(unallocated)' else own_sku(a.channel, a.sku, a.sku, a.day) end,
       'advertising', 'advertising', a.day, a.currency, tt(a.amount), false
from advertising a where a.in_settlement is distinct from true and a.day <= (select as_of from run);

-- What went back, by who tells it: 1 settlements, 2 single refunds, 3 totals so far of an order.
create table told_back as
with told as (
    select s.channel, coalesce(s.order_id, '') as order_id, own_sku(s.channel, s.channel_sku, s.sku, s.posted_day) as sku,
           s.posted_day as day, s.currency, -tt(s.amount) as amount, 1 as teller, false as own_document,
           coalesce(s.tax_included, false) and not exists (
               from settlement_lines t where t.kind = 'tax_collected' and t.tax_included = false
               and t.channel = s.channel and t.settlement_id = s.settlement_id and t.order_id = s.order_id
               and t.posted_day = s.posted_day)
           -- The channel keeps the tax, and tells of its own accord what of it went back.
           and not exists (
               from settlement_lines t where t.kind = 'tax_withheld' and t.tax_included = false
               and t.channel = s.channel and t.order_id = s.order_id) as taxed
    from settlement_lines s where s.kind = 'refund'
    union all
    select s.channel, s.order_id, '(unallocated)', s.posted_day, s.currency, -tt(s.amount), 1, false, false
    from settlement_lines s
    where s.kind = 'tax_withheld' and s.tax_included = false and s.amount > 0 and exists (
        from settlement_lines b where b.kind = 'refund'
        and b.channel = s.channel and b.order_id = s.order_id and b.currency = s.currency)
    union all
    select r.channel, coalesce(r.order_id, ''), r.article, r.refund_day,
           coalesce(r.currency, c.currency, (select currency from run)), tt(r.amount),
           case when r.cumulative then 3 else 2 end, coalesce(r.credit_note, false), coalesce(r.tax_included, false)
    from returned r left join channel_currencies c using (channel)
),
articles as (
    select channel, order_id, min(sku) as only_sku from sold where role = 'goods'
    group by all having count(distinct sku) = 1
)
select t.* replace (case when t.sku = '(unallocated)' then coalesce(a.only_sku, t.sku) else t.sku end as sku),
       case
           when not exists (from meant m where m.channel = t.channel and m.order_id = t.order_id
                            and m.status in ('cancelled', 'unpaid') and m.fulfilment != 'other_channel'
                            and t.sku in ('(unallocated)', m.article)) then 'sold'
           -- Of a line that was cancelled nothing was sold that could go back.
           when t.sku != '(unallocated)'
                and not exists (from meant m where m.channel = t.channel and m.order_id = t.order_id and m.article = t.sku
                                and m.live and m.role = 'goods') then 'cancelled'
           else 'either' end as names,
       t.sku != '(unallocated)' as by_name
from told t left join articles a using (channel, order_id)
where case
    when order_id = '' then teller = 1 or not exists (from settlement_lines s where s.channel = t.channel)
    when exists (from meant m where m.channel = t.channel and m.order_id = t.order_id)
        then (channel, order_id) not in (from dead)
    else own_document or exists (from told_whole w where w.channel = t.channel and w.order_id = t.order_id) end;

-- What the order and each article of it came to, and what its cancelled lines would have.
create table came_to as
select channel, order_id, sku, sum(quantity) as units,
       sum(case when role = 'held' then 0 else gross - discount end + shipping) as goods,
       sum(case when role = 'held' then gross - discount else 0 end + tax) as tax
from sold group by all;
create table whole as select channel, order_id, sum(goods) as goods, sum(tax) as tax from came_to group by all;
create table cancelled as
select channel, order_id, money as currency, sum(price - tt(discount) + tt(shipping_charged)) as goods, sum(tt(tax)) as tax
from (
    select *, case when gross is null then tt(unit_price) * quantity else tt(gross) end as price
    from meant where status in ('cancelled', 'unpaid') and fulfilment != 'other_channel'
    and (gross is not null or unit_price is not null))
group by all;

-- What the payment holds of them: what was settled says so, else the order's own total. Just their worth that went
-- back of an order whose total lacks them went back for them, where nothing that was sold comes to as much.
create table paid_for as
with settled as (
    select channel, order_id, currency, sum(tt(amount)) as paid from settlement_lines
    where kind in ('sale', 'discount', 'shipping_charged', 'tax_collected') and order_id is not null group by all
)
select c.*, case
           when s.paid != 0 and s.paid in (o.goods, o.goods + o.tax) then 'sold'
           when s.paid != 0 and s.paid in (o.goods + c.goods, o.goods + o.tax + c.goods + c.tax) then 'all'
           when d.total is null then 'untold'
           when tt(d.total) = o.goods + o.tax + c.goods + c.tax then 'all'
           when tt(d.total) = o.goods + o.tax then 'total' else 'untold' end as paid_for,
       o.goods = c.goods or o.goods + o.tax = c.goods + c.tax or exists (
           from came_to a where a.channel = c.channel and a.order_id = c.order_id and a.units > 0
           and (a.goods in (c.goods, c.goods * a.units) or a.goods + a.tax in (c.goods + c.tax, (c.goods + c.tax) * a.units)
                or a.sku in (select m.article from meant m where m.channel = c.channel and m.order_id = c.order_id
                             and m.money = c.currency and m.status in ('cancelled', 'unpaid')
                             and m.fulfilment != 'other_channel'))) as alike
from cancelled c left join whole o using (channel, order_id) left join settled s using (channel, order_id, currency)
left join orders d on d.channel = c.channel and d.order_id = c.order_id and d.total_of = 'all';

-- Cancelled lines that were paid are paid back first: of what names no line only the part beyond their worth was sold.
create macro beyond(refunded, worth) as case when refunded < 0 then refunded else greatest(refunded - worth, 0) end;
create table went_back as
with rows_told as (
    select channel, order_id, teller, sku, by_name, day, currency, taxed, names, sum(amount) as amount
    from told_back group by all
),
worths as (
    select channel, order_id, teller, currency, any_value(coalesce(paid_for, 'untold')) as paid_for,
           any_value(coalesce(alike, false)) as alike,
           coalesce(sum(amount) filter (where names = 'either'), 0) as nameless,
           greatest(any_value(coalesce(goods, 0)) + case when bool_or(taxed) then any_value(coalesce(tax, 0)) else 0 end
                    - coalesce(sum(amount) filter (where names = 'cancelled'), 0), 0) as worth
    from rows_told left join paid_for using (channel, order_id, currency) group by all
),
judged as (
    select *, paid_for in ('all', 'untold') or paid_for = 'total' and not alike
              and bool_or(nameless > 0 and abs(nameless - worth) <= 200) over (
                  partition by channel, order_id, currency) as were_paid
    from worths
),
so_far as (
    select r.*, case when were_paid then w.worth else 0 end as worth,
           sum(case when names = 'either' then amount else 0 end) over (
               partition by channel, order_id, teller, currency order by day, sku, taxed, names, by_name) as refunded
    from rows_told r join judged w using (channel, order_id, teller, currency)
)
select * exclude (worth, refunded) replace (case names
           when 'sold' then amount when 'cancelled' then 0
           else beyond(refunded, worth) - beyond(refunded - amount, worth) end as amount)
from so_far;

-- Refunds told with the buyer's tax: what was refunded so far holds goods in proportion to the article that it names,
-- and what names none in proportion to the rest of the order; each refund is what it adds to that. Of two equal
-- remainders the goods get the odd unit.
create macro goods_of(refunded, goods, tax) as case
    when goods < 0 or tax <= 0 then refunded
    else sign(refunded) * case when refunded % 100 = 0 then 100 else 1 end
         * ((2 * (abs(refunded) // case when refunded % 100 = 0 then 100 else 1 end) * goods + goods + tax)
            // (2 * (goods + tax))) end;
create table without_tax as
with refunds as (
    select channel, order_id, sku, by_name, day, currency, teller, names, sum(amount) as amount
    from went_back where taxed and order_id != '' group by all
),
placed as (
    select r.*, case when by_name and a.sku is not null then r.sku else '' end as article,
           o.goods, o.tax, a.goods as own_goods, a.tax as own_tax
    from refunds r join whole o using (channel, order_id)
    left join came_to a on a.channel = r.channel and a.order_id = r.order_id and a.sku = r.sku
    where o.tax > 0
),
by_article as (
    select channel, order_id, teller, currency, article, sum(amount) as refunded,
           goods_of(sum(amount), any_value(own_goods), any_value(own_tax)) as net
    from placed where article != '' group by all
),
named as (
    select channel, order_id, teller, currency, sum(net) as net, sum(refunded - net) as off_tax
    from by_article group by all
),
bases as (
    select p.*, case when article != '' then own_goods else p.goods - coalesce(n.net, 0) end as of_goods,
           case when article != '' then own_tax else p.tax - coalesce(n.off_tax, 0) end as of_tax
    from placed p left join named n using (channel, order_id, teller, currency)
),
so_far as (
    select *, sum(amount) over steps as refunded from bases
    window steps as (partition by channel, order_id, teller, currency, article order by day, sku, names, by_name)
),
nets as (
    select *, goods_of(refunded, of_goods, of_tax) as net from so_far
)
select channel, order_id, sku, day, currency, teller, names, by_name, true as taxed,
       net - lag(net, 1, 0) over (
           partition by channel, order_id, teller, currency, article order by day, sku, names, by_name) - amount as amount
from nets;

create table refunded as
select *, row_number() over (partition by channel, order_id, currency, teller order by day, sku, taxed, names, by_name) as place
from (
    select channel, order_id, sku, day, currency, teller, taxed, names, by_name, sum(amount) as amount
    from (select channel, order_id, sku, day, currency, teller, names, by_name, taxed, amount from went_back
          union all by name from without_tax)
    group by all
);

-- Of an order refunded in several currencies nobody can tell what is the same money: one kind of
-- document is believed.
create table mixed as
select channel, order_id, min(teller) filter (where amount != 0) as believed
from refunded where order_id != '' group by all having count(distinct currency) > 1;

-- A settled refund and a single one of the same amount, or nearly, are one refund told twice.
create table alike as
with recursive paired as (
    select channel, order_id, currency, 0 as step,
           list(struct_pack(place := place, amount := amount) order by place) filter (where teller = 2) as open,
           list(amount order by place) filter (where teller = 1) as settled
    from refunded where order_id != '' group by all
    union all
    select channel, order_id, currency, step + 1,
           list_filter(open, lambda one: one.place != coalesce(
               list_filter(open, lambda other: abs(other.amount - settled[step + 1]) <= 200)[1].place, -1)),
           settled
    from paired where step < len(settled) and open is not null
)
select channel, order_id, currency, unnest(open).place as place
from paired where step = coalesce(len(settled), 0);

create table counted as
with sums as (
    select channel, order_id, currency,
           coalesce(sum(amount) filter (where teller = 1), 0) as settled,
           sum(amount) filter (where teller = 2) as single,
           sum(amount) filter (where teller = 3) as total
    from refunded anti join mixed using (channel, order_id) where order_id != '' group by all
),
excess as (
    select channel, order_id, currency, greatest(single, total) - settled as excess,
           case when total >= coalesce(single, total) then 3 else 2 end as teller
    from sums where greatest(single, total) - settled > 200
),
singles as (
    select r.*, e.excess, sum(r.amount) over newest - r.amount as before, sum(r.amount) over newest as after
    from refunded r join alike a using (channel, order_id, currency, place) join excess e using (channel, order_id, currency)
    where r.teller = 2
    window newest as (partition by channel, order_id, currency order by place desc)
),
taken as (
    select channel, order_id, sku, day, currency, least(amount, excess - before) as amount, excess from singles
    where before < excess
),
rests as (
    select *, greatest(least(rest, total), 0) as by_total
    from (
        select e.*, coalesce(s.total, 0) as total,
               e.excess - coalesce((select sum(t.amount) from taken t where t.channel = e.channel
                                    and t.order_id = e.order_id and t.currency = e.currency), 0) as rest
        from excess e join sums s using (channel, order_id, currency))
)
select channel, order_id, sku, day, currency, amount
from refunded left join mixed using (channel, order_id)
where order_id = '' or teller = coalesce(believed, 1)
union all
select channel, order_id, sku, day, currency, amount from taken
union all
select r.channel, r.order_id, r.sku, r.day, r.currency, s.by_total
from rests s join refunded r using (channel, order_id, currency) where r.teller = 3
union all
-- What is left was settled back to the seller, of money that nobody had settled before.
select r.channel, r.order_id, r.sku, r.day, r.currency, s.rest - s.by_total
from rests s join refunded r using (channel, order_id, currency, teller)
where s.rest - s.by_total > 200 and r.place = (
    select max(m.place) from refunded m where m.channel = r.channel and m.order_id = r.order_id
    and m.currency = r.currency and m.teller = r.teller);
insert into charged
select channel, order_id, sku, 'refunds', 'refund', day, currency, amount, false from counted;

-- Fixed fees of whole orders that nobody has settled.
insert into charged
select o.channel, o.order_id, '(unallocated)', f.line, f.line, o.day, (select currency from run), f.amount, true
from (
    select channel, order_id, min(day) as day, bool_or(fulfilment = 'seller') as by_seller
    from sold where role = 'goods' group by all) o,
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
select channel, sku, unnest(['gross_sales', 'discounts', 'shipping_charged', 'other_income']), day, currency, false,
       unnest(case role when 'goods' then [gross, discount, shipping, 0]
                        when 'delivery' then [0, 0, gross - discount + shipping, 0]
                        when 'income' then [0, 0, shipping, gross - discount] else [0, 0, shipping, 0] end)
from sold
union all
select channel, sku, 'gross_settled', day, currency, false, gross
from sold o
where role = 'goods' and is_settled(o.channel, o.order_id);

-- Where prices hold their tax, rates are taken of all that was paid, unless the settled orders' fees less those of
-- what went back are nearer to the rate of the goods, and a twentieth of it away at most.
create table of_goods as
with sums as (
    select channel, currency,
           sum(case when role = 'held' then 0 else gross - discount end + shipping) as paid, sum(tax) as tax
    from sold o where is_settled(o.channel, o.order_id) group by all
),
given_back as (select channel, currency, sum(amount) as back from counted group by all),
taken as (select channel, currency, sum(amount) as fees from charged where kind = 'referral_fee' group by all),
bases as (
    select s.channel, s.currency, coalesce(fees, 0) as fees, paid - coalesce(back, 0) as kept,
           greatest(paid - coalesce(back, 0), 0) as stayed, greatest(coalesce(back, 0), 0) as left_again, tax
    from sums s left join given_back b on b.channel = s.channel and b.currency = s.currency
    left join taken t on t.channel = s.channel and t.currency = s.currency
),
expected as (
    select channel, currency, fees, half_away(kept * millionths, 100000000) * 100 as by_goods,
           half_away((kept + case when stayed + left_again = 0 then tax // 2 else tax * stayed // (stayed + left_again) end)
                     * millionths, 100000000) * 100 as by_all
    from bases join (select channel, cast(referral_rate * 1000000 as hugeint) as millionths from fees) f using (channel)
)
select channel, currency from expected
where abs(fees - by_goods) < abs(fees - by_all) and 20 * abs(fees - by_goods) <= by_goods;

-- Fees by rate and by unit: the rate meets the sum of a month, or of a day where the currency is foreign.
insert into landed
with base as (
    select channel, sku, strftime(day, '%Y-%m') as month, currency,
           case when currency = (select currency from run) then null else day end as rate_day, min(day) as day,
           sum(case when role = 'held' then 0 else gross - discount end + shipping
               + case when currency in ('EUR', 'GBP') and not exists (
                     from of_goods g where g.channel = o.channel and g.currency = o.currency) then tax else 0 end) as price,
           sum(case when role = 'held' then 0 else gross - discount end + shipping + tax) as paid,
           sum(quantity) as units
    from sold o where not is_settled(o.channel, o.order_id) group by all
)
select b.channel, b.sku, 'referral_fees', b.day, b.currency, true,
       half_away(b.price * cast(referral_rate * 1000000 as hugeint), 100000000) * 100
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
select s.*, in_home(s.amount, s.currency, s.day) as home
from sums s;

-- What a unit costs: by the source of truth, else by a channel's own list, the first also before it.
create table prices as
select sku, "from", coalesce("until", date '9999-12-31') as until_day, unit_cost from costs
union all
select own_sku(c.channel, c.channel_sku, c.sku, c."from"),
       case when row_number() over one = 1 then date '0001-01-01' else c."from" end, date '9999-12-31', unit_cost
from listing_costs c
where own_sku(c.channel, c.channel_sku, c.sku, c."from") not in (select sku from costs)
window one as (partition by own_sku(c.channel, c.channel_sku, c.sku, c."from") order by c."from");

create table moved as
select channel, sku, day, quantity, unit_cost, currency from sold where quantity != 0
union all
select channel, own_sku(s.channel, s.channel_sku, s.sku, s.posted_day), posted_day, quantity, null, null
from settlement_lines s
where kind = 'liquidation' and amount > 0 and quantity > 0 and coalesce(channel_sku, sku) is not null
union all
select channel, article, refund_day, -quantity, null, null from returned
where disposition = 'sellable' and quantity != 0
  and (channel, coalesce(order_id, '')) not in (from dead) and article != '(unallocated)';

-- Of an article of which nobody else tells a cost its order lines may; returns are worth their average.
create table by_lines as
with needed as (
    select m.*, strftime(day, '%Y-%m') as month from moved m
    where m.sku not in (select sku from prices) and not exists (
        from bundle_parts p where p.bundle_sku = m.sku and m.day between p.from_day and p.until_day)
),
told as (
    select month, channel, sku, sum(quantity) as units,
           case when count(*) = count(in_home(cost, currency, day)) then sum(in_home(cost, currency, day)) end as cost
    from (
        select month, channel, sku, currency, day, sum(quantity) as quantity, sum(tt(unit_cost) * quantity) as cost
        from needed where unit_cost is not null group by all
    ) group by all
),
units as (
    select month, channel, sku, sum(greatest(quantity, 0)) as sold, sum(greatest(-quantity, 0)) as back
    from needed group by all
)
select month, channel, sku,
       case when sold <= t.units then t.cost - half_away(t.cost * back, cast(t.units as hugeint)) end as home
from units u left join told t using (month, channel, sku);

create table goods as
with parts as (
    select m.channel, m.sku, m.day, coalesce(p.sku, m.sku) as component, m.quantity * coalesce(p.quantity, 1) as quantity
    from moved m left join bundle_parts p on p.bundle_sku = m.sku and m.day between p.from_day and p.until_day
    where p.sku is not null or m.sku in (select sku from prices)
),
priced as (
    select p.*, (
        select tt(c.unit_cost) from prices c
        where c.sku = p.component and p.day between c."from" and c.until_day
        order by c."from" desc limit 1) as told
    from parts p
)
select strftime(day, '%Y-%m') as month, channel, sku,
       case when count(*) = count(told) then sum(quantity * told) end as home
from priced group by all
union all
from by_lines;

create table by_sku as
with amounts as (
    select month, channel, sku, line, case when count(*) = count(home) then sum(home) end as home
    from converted group by all
    union all
    select month, channel, sku, 'cost_of_goods', home from goods
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
            where role = 'goods' and o.channel = e.channel and strftime(o.day, '%Y-%m') = e.month) else -1 end as orders
from every_row e
order by month, channel, sku;
