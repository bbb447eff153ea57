-- mart_pnl_shares: the SKUs of orders of several SKUs, where the order has something to share.
--
-- grain  channel, order_id, sku
-- reads  fact_sold, fact_unknown_sales, fact_fees, fact_refunds, fact_settle_orders, calendar, run
-- unit   value is gross less discount in `currency`, the weight of the SKU
-- note   unlabelled is 1 where the seller ships the order and no settlement holds its label
with all_sales as (
    select
        channel as channel,
        order_id as order_id,
        sku as sku,
        order_day as order_day,
        currency as currency,
        gross as gross,
        discount as discount,
        seller_lines as seller_lines,
        priced_lines as priced_lines
    from fact_sold
    union all
    select
        channel as channel,
        order_id as order_id,
        sku as sku,
        order_day as order_day,
        currency as currency,
        gross as gross,
        discount as discount,
        cast(0 as bigint) as seller_lines,
        priced_lines as priced_lines
    from fact_unknown_sales
),
charged_orders as (
    select channel as channel, order_id as order_id
    from fact_fees
    where sku = '(unallocated)' and order_id <> ''
    union
    select channel as channel, order_id as order_id
    from fact_refunds
    where sku = '(unallocated)' and order_id <> ''
),
large_orders as (
    select
        s.channel as channel,
        s.order_id as order_id,
        sum(cast(s.seller_lines as bigint)) as seller_lines
    from all_sales as s
    cross join run as r
    where s.order_day <= r.as_of and s.priced_lines > 0
    group by s.channel, s.order_id
    having min(s.sku) <> max(s.sku)
),
settled_orders as (
    select
        f.channel as channel,
        f.order_id as order_id,
        sum(cast(f.labels as bigint)) as labels,
        sum(cast(f.others as bigint)) as others
    from fact_settle_orders as f
    inner join large_orders as o on o.channel = f.channel and o.order_id = f.order_id
    cross join run as r
    where f.posted_day <= r.as_of
    group by f.channel, f.order_id
),
sharing_orders as (
    select
        o.channel as channel,
        o.order_id as order_id,
        case when g.order_id is null then 0 else 1 end as charged,
        -- a label alone says nothing of the other fees
        case when coalesce(t.others, 0) > 0 then 1 else 0 end as settled,
        -- an order in no settlement has no label in one
        case when o.seller_lines > 0 and coalesce(t.labels, 0) = 0 then 1 else 0 end as unlabelled
    from large_orders as o
    left join charged_orders as g on g.channel = o.channel and g.order_id = o.order_id
    left join settled_orders as t on t.channel = o.channel and t.order_id = o.order_id
),
order_parts as (
    select
        s.channel as channel,
        s.order_id as order_id,
        s.sku as sku,
        min(s.order_day) as order_day,
        min(s.currency) as currency,
        sum(s.gross) - sum(s.discount) as value
    from all_sales as s
    inner join large_orders as o on o.channel = s.channel and o.order_id = s.order_id
    cross join run as r
    where s.order_day <= r.as_of and s.priced_lines > 0
    group by s.channel, s.order_id, s.sku
)
select
    p.channel as channel,
    p.order_id as order_id,
    p.sku as sku,
    c.month as month,
    cast(case when p.order_day > r.as_of - interval '90 days' then 1 else 0 end as bigint) as recent,
    p.currency as currency,
    p.order_day as rate_day,
    p.value as value,
    cast(o.settled as bigint) as settled,
    cast(o.unlabelled as bigint) as unlabelled
from order_parts as p
inner join sharing_orders as o on o.channel = p.channel and o.order_id = p.order_id
inner join calendar as c on c.day = p.order_day
cross join run as r
where o.charged = 1 or o.settled = 0 or o.unlabelled = 1
order by channel, order_id, sku
