-- mart_cost_units: units sold and restocked of each SKU and component, per span of one cost.
--
-- grain  month, recent, channel, sku, component, cost_day
-- reads  fact_sold, fact_unknown_sales, fact_refunds, fact_sales_orders, fact_never_left, fact_liquidations, bundle_parts,
--        mart_cost_prices, stock_movements, calendar, run
-- unit   sold and restocked in units of the component, sold_of_sku in units of the SKU
-- note   units that a liquidator took cost what sold ones do
-- note   cost_day is the first of the days with this cost: that of a new cost, after its end, or of a receipt
with restocked_orders as (
    select distinct channel as channel, order_id as order_id
    from fact_refunds
    where restocked <> 0
),
settled_orders as (
    select distinct channel as channel, order_id as order_id
    from fact_unknown_sales
),
dead_orders as (
    select s.channel as channel, s.order_id as order_id
    from fact_sales_orders as s
    inner join restocked_orders as b on b.channel = s.channel and b.order_id = s.order_id
    left join settled_orders as t on t.channel = s.channel and t.order_id = s.order_id
    where t.order_id is null
    group by s.channel, s.order_id
    having sum(s.live_line_count) = 0
    union
    select channel as channel, order_id as order_id
    from fact_never_left
),
restocked_units as (
    select
        f.channel as channel,
        f.sku as sku,
        f.refund_day as day,
        f.restocked as restocked
    from fact_refunds as f
    left join dead_orders as x on x.channel = f.channel and x.order_id = f.order_id
    where x.order_id is null and f.restocked <> 0 and f.sku <> '(unallocated)'
),
moved_units as (
    select
        channel as channel,
        sku as sku,
        order_day as day,
        units as sold,
        cast(0 as bigint) as restocked
    from fact_sold
    where priced_lines > 0
    union all
    select
        channel as channel,
        sku as sku,
        order_day as day,
        units as sold,
        cast(0 as bigint) as restocked
    from fact_unknown_sales
    where priced_lines > 0
    union all
    select
        channel as channel,
        sku as sku,
        posted_day as day,
        units as sold,
        cast(0 as bigint) as restocked
    from fact_liquidations
    where units > 0 and sku <> '(unallocated)'
    union all
    select
        channel as channel,
        sku as sku,
        day as day,
        cast(0 as bigint) as sold,
        restocked as restocked
    from restocked_units
),
daily_units as (
    select
        u.channel as channel,
        u.sku as sku,
        u.day as day,
        sum(cast(u.sold as bigint)) as sold,
        sum(cast(u.restocked as bigint)) as restocked
    from moved_units as u
    cross join run as r
    where u.day <= r.as_of
    group by u.channel, u.sku, u.day
),
component_units as (
    select
        d.channel as channel,
        d.sku as sku,
        -- what is no bundle is its own only component
        coalesce(p.sku, d.sku) as component,
        d.day as day,
        d.sold * coalesce(p.quantity, 1) as sold,
        d.restocked * coalesce(p.quantity, 1) as restocked,
        d.sold as sold_of_sku
    from daily_units as d
    left join bundle_parts as p on p.bundle_sku = d.sku
    -- the parts that it had on that day
    where p.bundle_sku is null or (d.day >= p.from_day and d.day <= p.until_day)
),
component_days as (
    select distinct component as component, day as day
    from component_units
),
first_days as (
    select min(day) as day
    from calendar
),
change_days as (
    select d.component as sku, f.day as day
    from component_days as d
    cross join first_days as f
    union
    select sku as sku, from_day as day
    from mart_cost_prices
    union
    select sku as sku, cast(until_day + interval '1 day' as date) as day
    from mart_cost_prices
    where until_day is not null
    union
    select sku as sku, movement_day as day
    from stock_movements
    where kind = 'receipt'
),
cost_days as (
    select d.component as component, d.day as day, max(c.day) as cost_day
    from component_days as d
    inner join change_days as c on c.sku = d.component
    where c.day <= d.day
    group by d.component, d.day
),
placed_units as (
    select
        n.month as month,
        case when u.day > r.as_of - interval '90 days' then 1 else 0 end as recent,
        u.channel as channel,
        u.sku as sku,
        u.component as component,
        c.cost_day as cost_day,
        r.currency as currency,
        r.as_of as rate_day,
        u.sold as sold,
        u.restocked as restocked,
        u.sold_of_sku as sold_of_sku
    from component_units as u
    inner join cost_days as c on c.component = u.component and c.day = u.day
    inner join calendar as n on n.day = u.day
    cross join run as r
)
select
    month as month,
    cast(recent as bigint) as recent,
    channel as channel,
    sku as sku,
    component as component,
    cost_day as cost_day,
    currency as currency,
    rate_day as rate_day,
    sum(cast(sold as bigint)) as sold,
    sum(cast(restocked as bigint)) as restocked,
    sum(cast(sold_of_sku as bigint)) as sold_of_sku
from placed_units
group by month, recent, channel, sku, component, cost_day, currency, rate_day
order by month, recent, channel, sku, component, cost_day, currency, rate_day
