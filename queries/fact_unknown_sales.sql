-- fact_unknown_sales: what orders sold that only settlements know, as far as those tell them whole.
--
-- grain  channel, order_id, sku, order_day, currency
-- reads  fact_unknown_lines
-- unit   as in fact_sales, whose rows these join
-- note   the day is that of the first posting: nothing tells when it was ordered
with whole_lines as (
    select
        channel as channel,
        order_id as order_id,
        sku as sku,
        kind as kind,
        posted_day as posted_day,
        currency as currency,
        cast(quantity as bigint) as quantity,
        amount as amount
    from fact_unknown_lines
    where is_whole = 1 and kind in ('sale', 'discount', 'shipping_charged', 'tax_collected')
),
first_postings as (
    select channel as channel, order_id as order_id, min(posted_day) as order_day
    from whole_lines
    where kind = 'sale'
    group by channel, order_id
)
select
    l.channel as channel,
    l.order_id as order_id,
    l.sku as sku,
    f.order_day as order_day,
    l.currency as currency,
    coalesce(sum(cast(case when l.kind = 'sale' then l.quantity else 0 end as bigint)), 0) as units,
    coalesce(sum(case when l.kind = 'sale' then l.amount else null end), 0) as gross,
    -coalesce(sum(case when l.kind = 'discount' then l.amount else null end), 0) as discount,
    coalesce(sum(case when l.kind = 'shipping_charged' then l.amount else null end), 0) as shipping_charged,
    coalesce(sum(case when l.kind = 'tax_collected' then l.amount else null end), 0) as tax,
    sum(cast(case when l.kind = 'sale' then 1 else 0 end as bigint)) as priced_lines
from whole_lines as l
inner join first_postings as f on f.channel = l.channel and f.order_id = l.order_id
group by l.channel, l.order_id, l.sku, f.order_day, l.currency
order by channel, order_id, sku, order_day, currency
