-- mart_pnl_sales: what each channel sold of each SKU per month, settled and not yet settled apart.
--
-- grain  month, recent, channel, sku, currency, rate_day, settled
-- reads  fact_sold, fact_unknown_sales, fact_settle_orders, calendar, run
-- unit   amounts in `currency`, to be converted at the rate of rate_day; all but tax are without it
-- note   a row of no orders holds nothing but lines that are no goods or have no price
-- note   orders that only a settlement tells whole are in it too
-- note   recent is 1 in the last 90 days; rate_day is the order's day only where the currency is foreign
with all_sales as (
    select
        channel as channel,
        order_id as order_id,
        sku as sku,
        order_day as order_day,
        currency as currency,
        units as units,
        gross as gross,
        discount as discount,
        shipping_charged as shipping_charged,
        other_income as other_income,
        tax as tax,
        seller_lines as seller_lines,
        priced_lines as priced_lines,
        unpriced_lines as unpriced_lines
    from fact_sold
    union all
    select
        channel as channel,
        order_id as order_id,
        sku as sku,
        order_day as order_day,
        currency as currency,
        units as units,
        gross as gross,
        discount as discount,
        shipping_charged as shipping_charged,
        -- a settlement tells neither: its labels are lines of their own
        gross - gross as other_income,
        tax as tax,
        cast(0 as bigint) as seller_lines,
        priced_lines as priced_lines,
        cast(0 as bigint) as unpriced_lines
    from fact_unknown_sales
),
settled_orders as (
    select
        f.channel as channel,
        f.order_id as order_id,
        sum(cast(f.labels as bigint)) as labels,
        sum(cast(f.others as bigint)) as others
    from fact_settle_orders as f
    cross join run as r
    where f.posted_day <= r.as_of
    group by f.channel, f.order_id
),
order_sizes as (
    select
        s.channel as channel,
        s.order_id as order_id,
        case when min(s.sku) = max(s.sku) then 1 else 0 end as has_one_sku
    from all_sales as s
    cross join run as r
    where s.order_day <= r.as_of and s.priced_lines > 0
    group by s.channel, s.order_id
),
dated_sales as (
    select
        c.month as month,
        case when s.order_day > r.as_of - interval '90 days' then 1 else 0 end as recent,
        s.channel as channel,
        s.sku as sku,
        s.currency as currency,
        case when s.currency = r.currency then r.as_of else s.order_day end as rate_day,
        s.order_id as order_id,
        s.units as units,
        s.gross as gross,
        s.discount as discount,
        s.shipping_charged as shipping_charged,
        s.other_income as other_income,
        s.tax as tax,
        s.seller_lines as seller_lines,
        s.priced_lines as priced_lines,
        s.unpriced_lines as unpriced_lines
    from all_sales as s
    inner join calendar as c on c.day = s.order_day
    cross join run as r
    where s.order_day <= r.as_of
),
known_sales as (
    select
        d.month as month,
        d.recent as recent,
        d.channel as channel,
        d.sku as sku,
        d.currency as currency,
        d.rate_day as rate_day,
        d.order_id as order_id,
        d.units as units,
        d.gross as gross,
        d.discount as discount,
        d.shipping_charged as shipping_charged,
        d.other_income as other_income,
        d.tax as tax,
        d.priced_lines as priced_lines,
        d.unpriced_lines as unpriced_lines,
        -- a label alone says nothing of the other fees
        case when coalesce(t.others, 0) > 0 then 1 else 0 end as settled,
        case when o.has_one_sku = 1 and d.priced_lines > 0 then 1 else 0 end as alone,
        -- an order in no settlement has no label in one
        case when o.has_one_sku = 1 and d.seller_lines > 0 and coalesce(t.labels, 0) = 0 then 1 else 0 end as unlabelled
    from dated_sales as d
    left join order_sizes as o on o.channel = d.channel and o.order_id = d.order_id
    left join settled_orders as t on t.channel = d.channel and t.order_id = d.order_id
)
select
    month as month,
    cast(recent as bigint) as recent,
    channel as channel,
    sku as sku,
    currency as currency,
    rate_day as rate_day,
    cast(settled as bigint) as settled,
    cast(count(distinct case when priced_lines > 0 then order_id else null end) as bigint) as orders,
    cast(count(distinct case when alone = 1 then order_id else null end) as bigint) as orders_alone,
    cast(count(distinct case when unlabelled = 1 then order_id else null end) as bigint) as unlabelled_alone,
    sum(cast(units as bigint)) as units,
    sum(gross) as gross,
    sum(discount) as discount,
    sum(shipping_charged) as shipping_charged,
    sum(other_income) as other_income,
    sum(tax) as tax,
    sum(cast(unpriced_lines as bigint)) as unpriced_lines
from known_sales
group by month, recent, channel, sku, currency, rate_day, settled
order by month, recent, channel, sku, currency, rate_day, settled
