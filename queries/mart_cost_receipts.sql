-- mart_cost_receipts: units that arrived per SKU and day, and what was on hand the evening before.
--
-- grain  sku, day
-- reads  stock, stock_movements, run
-- unit   units, all locations together
-- note   opened_on is the day of the first snapshot, unknown where there is none
-- note   what is on hand starts from each location's first snapshot; movements before it are in it
with first_snapshots as (
    select sku as sku, location as location, min("at") as first_at, min(stock_day) as stock_day
    from stock
    group by sku, location
),
openings as (
    select s.sku as sku, sum(cast(s.on_hand as bigint)) as on_hand, min(f.stock_day) as opened_on
    from stock as s
    inner join first_snapshots as f on f.sku = s.sku and f.location = s.location and f.first_at = s.at
    group by s.sku
),
later_movements as (
    select
        m.sku as sku,
        m.movement_day as day,
        m.kind as kind,
        -- what leaves is negative, also where the source writes it as a count
        case when m.kind = 'shipment' and m.quantity > 0 then -m.quantity else m.quantity end as quantity
    from stock_movements as m
    left join first_snapshots as f on f.sku = m.sku and f.location = m.location
    cross join run as r
    where (f.first_at is null or m.at > f.first_at)
        and m.movement_day <= r.as_of
        and m.kind in ('receipt', 'return', 'adjustment', 'damage', 'transfer', 'shipment', 'put_away')
),
days as (
    select
        sku as sku,
        day as day,
        sum(cast(case when kind = 'receipt' then quantity else 0 end as bigint)) as received,
        sum(cast(quantity as bigint)) as change
    from later_movements
    group by sku, day
),
running as (
    select
        sku as sku,
        day as day,
        received as received,
        change as change,
        sum(change) over (
            partition by sku order by day rows between unbounded preceding and current row
        ) as change_so_far
    from days
)
select
    t.sku as sku,
    t.day as day,
    t.received as received,
    -- a SKU that was never counted starts from nothing
    coalesce(o.on_hand, 0) + t.change_so_far - t.change as on_hand_before,
    o.opened_on as opened_on
from running as t
left join openings as o on o.sku = t.sku
where t.received > 0
order by sku, day
