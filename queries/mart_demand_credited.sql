-- mart_demand_credited: order lines and the credits within a day that may take them back whole.
--
-- grain  channel, order_id, line_id, sku, refund_id, refund_line_id
-- reads  order_lines, refund_lines, fact_stock_orders, fact_never_left, run
-- unit   quantity, credited in units of the listing; units in units of the component sku
-- note   names_order is 1 where the credit names the order; else it names none that is known, and is of the same
--        channel, number and quantity, at most a day later
-- note   a state or total that tells all that went back so far is no credit, nor are its parts under the same number: it
--        mostly has the order's own day, and what was sent and came back was wanted
-- note   an order of which nothing ever left and all went back was cancelled: it is credited whole at once, by itself
-- note   alike_before is the last day before on which the channel sold the same number and quantity; a line with one in the
--        four weeks before is left out, since that one may have come back
with all_lines as (
    select
        l.channel as channel,
        l.order_id as order_id,
        l.line_id as line_id,
        coalesce(l.sku, l.channel_sku) as listed_sku,
        l.ordered_at as ordered_at,
        l.order_day as order_day,
        cast(l.quantity as bigint) as quantity
    from order_lines as l
    cross join run as r
    -- what was refused, regretted before it was sent or never paid is known without a credit
    where l.order_day <= r.as_of and l.fulfilment <> 'other_channel' and l.kind = 'article'
        and l.status not in ('cancelled', 'unpaid') and l.quantity > 0
        and coalesce(l.sku, l.channel_sku) is not null
),
lines as (
    select
        l.channel as channel,
        l.order_id as order_id,
        l.line_id as line_id,
        l.listed_sku as listed_sku,
        l.ordered_at as ordered_at,
        l.order_day as order_day,
        l.quantity as quantity
    from all_lines as l
    left join fact_never_left as x on x.channel = l.channel and x.order_id = l.order_id
    where x.order_id is null
),
totals_so_far as (
    select distinct channel as channel, refund_id as refund_id
    from refund_lines
    where cumulative = true
),
credits as (
    select
        f.channel as channel,
        f.refund_id as refund_id,
        f.line_id as refund_line_id,
        f.order_id as named_order,
        coalesce(f.sku, f.channel_sku) as listed_sku,
        f.refunded_at as refunded_at,
        f.refund_day as refund_day,
        cast(f.refund_day - interval '1 day' as date) as day_before,
        cast(f.quantity as bigint) as credited
    from refund_lines as f
    left join totals_so_far as t on t.channel = f.channel and t.refund_id = f.refund_id
    where f.quantity > 0 and coalesce(f.sku, f.channel_sku) is not null and t.refund_id is null
),
named_orders as (
    select distinct l.channel as channel, l.order_id as order_id
    from order_lines as l
    inner join credits as c on c.channel = l.channel and c.named_order = l.order_id
),
free_credits as (
    select
        c.channel as channel,
        c.refund_id as refund_id,
        c.refund_line_id as refund_line_id,
        c.listed_sku as listed_sku,
        c.refunded_at as refunded_at,
        c.refund_day as refund_day,
        c.day_before as day_before,
        c.credited as credited
    from credits as c
    where not exists (select 1 as one from named_orders as k where k.channel = c.channel and k.order_id = c.named_order)
),
-- the order is of the credit's day or of the day before
credit_days as (
    select
        channel as channel,
        refund_id as refund_id,
        refund_line_id as refund_line_id,
        listed_sku as listed_sku,
        refunded_at as refunded_at,
        refund_day as refund_day,
        credited as credited,
        refund_day as order_day
    from free_credits
    union all
    select
        channel as channel,
        refund_id as refund_id,
        refund_line_id as refund_line_id,
        listed_sku as listed_sku,
        refunded_at as refunded_at,
        refund_day as refund_day,
        credited as credited,
        day_before as order_day
    from free_credits
),
alike_days as (
    select distinct
        l.channel as channel,
        l.listed_sku as listed_sku,
        l.quantity as quantity,
        l.order_day as order_day
    from lines as l
    where exists (
        select 1 as one
        from free_credits as c
        where c.channel = l.channel and c.listed_sku = l.listed_sku and c.credited = l.quantity
    )
),
days_before as (
    select
        channel as channel,
        listed_sku as listed_sku,
        quantity as quantity,
        order_day as order_day,
        lag(order_day, 1) over (partition by channel, listed_sku, quantity order by order_day) as alike_before
    from alike_days
),
alike_lines as (
    select
        l.channel as channel,
        l.order_id as order_id,
        l.line_id as line_id,
        l.listed_sku as listed_sku,
        l.ordered_at as ordered_at,
        l.order_day as order_day,
        l.quantity as quantity,
        d.alike_before as alike_before
    from lines as l
    inner join days_before as d
        on d.channel = l.channel and d.listed_sku = l.listed_sku and d.quantity = l.quantity
        and d.order_day = l.order_day
    -- one of the four weeks before may be the one that came back
    where d.alike_before is null or d.alike_before < d.order_day - interval '28 days'
),
pairs as (
    select
        l.channel as channel,
        l.order_id as order_id,
        l.line_id as line_id,
        l.ordered_at as ordered_at,
        l.order_day as order_day,
        l.quantity as quantity,
        c.refund_id as refund_id,
        c.refund_line_id as refund_line_id,
        c.refunded_at as refunded_at,
        c.refund_day as refund_day,
        c.credited as credited,
        cast(1 as bigint) as names_order,
        cast(null as date) as alike_before
    from lines as l
    inner join credits as c
        on c.channel = l.channel and c.named_order = l.order_id and c.listed_sku = l.listed_sku
    where c.refund_day >= l.order_day
    union all
    select
        l.channel as channel,
        l.order_id as order_id,
        l.line_id as line_id,
        l.ordered_at as ordered_at,
        l.order_day as order_day,
        l.quantity as quantity,
        c.refund_id as refund_id,
        c.refund_line_id as refund_line_id,
        c.refunded_at as refunded_at,
        c.refund_day as refund_day,
        c.credited as credited,
        cast(0 as bigint) as names_order,
        l.alike_before as alike_before
    from alike_lines as l
    inner join credit_days as c
        on c.channel = l.channel and c.listed_sku = l.listed_sku and c.credited = l.quantity
        and c.order_day = l.order_day
    union all
    select
        l.channel as channel,
        l.order_id as order_id,
        l.line_id as line_id,
        l.ordered_at as ordered_at,
        l.order_day as order_day,
        l.quantity as quantity,
        l.order_id as refund_id,
        l.line_id as refund_line_id,
        l.ordered_at as refunded_at,
        l.order_day as refund_day,
        l.quantity as credited,
        cast(1 as bigint) as names_order,
        cast(null as date) as alike_before
    from all_lines as l
    inner join fact_never_left as x on x.channel = l.channel and x.order_id = l.order_id
)
select
    p.channel as channel,
    p.order_id as order_id,
    p.line_id as line_id,
    f.sku as sku,
    p.refund_id as refund_id,
    p.refund_line_id as refund_line_id,
    p.ordered_at as ordered_at,
    p.order_day as order_day,
    p.quantity as quantity,
    f.units as units,
    p.refunded_at as refunded_at,
    p.refund_day as refund_day,
    p.credited as credited,
    p.names_order as names_order,
    p.alike_before as alike_before
from pairs as p
inner join fact_stock_orders as f on f.channel = p.channel and f.order_id = p.order_id and f.line_id = p.line_id
-- a credit that tells no time of day counts on the whole day of the order
where p.refund_day = p.order_day or (p.refunded_at >= p.ordered_at and p.refunded_at <= p.ordered_at + interval '1 day')
order by channel, order_id, line_id, sku, refund_id, refund_line_id
