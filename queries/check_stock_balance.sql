-- check_stock_balance: where opening, receipts, shipments, returns and adjustments do not add up to the last count.
--
-- grain  sku, location
-- reads  stock, fact_movements, run
-- unit   units; missing is what should be there and was not found
-- level  warn
with known as (
    select
        s.sku as sku,
        s.location as location,
        s.at as at,
        s.on_hand as on_hand,
        cast(row_number() over (partition by s.sku, s.location order by s.at) as bigint) as place,
        cast(row_number() over (partition by s.sku, s.location order by s.at desc) as bigint) as place_from_end
    from stock as s
    cross join run as r
    where s.at < r.as_of_end
),
first_counts as (
    select sku as sku, location as location, "at" as at, on_hand as on_hand from known where place = 1
),
last_counts as (
    select sku as sku, location as location, "at" as at, on_hand as on_hand from known where place_from_end = 1
),
between_counts as (
    select
        o.sku as sku,
        o.location as location,
        o.at as opening_at,
        o.on_hand as opening,
        c.at as closing_at,
        c.on_hand as closing
    from first_counts as o
    inner join last_counts as c on c.sku = o.sku and c.location = o.location
),
moved_units as (
    select
        b.sku as sku,
        b.location as location,
        sum(cast(
            case when m.kind = 'shipment' and m.quantity > 0 then -m.quantity else m.quantity end as bigint
        )) as units
    from between_counts as b
    inner join fact_movements as m
        on m.sku = b.sku and m.location = b.location and m.at > b.opening_at and m.at <= b.closing_at
    where m.kind in ('receipt', 'return', 'adjustment', 'damage', 'transfer', 'put_away', 'shipment')
    group by b.sku, b.location
),
balanced as (
    select
        b.sku as sku,
        b.location as location,
        b.opening_at as opening_at,
        b.opening as opening,
        -- no movement is none, and not unknown
        coalesce(v.units, 0) as moved,
        b.closing_at as closing_at,
        b.closing as closing
    from between_counts as b
    left join moved_units as v on v.sku = b.sku and v.location = b.location
)
select
    sku as sku,
    location as location,
    opening_at as opening_at,
    opening as opening,
    moved as moved,
    closing_at as closing_at,
    closing as closing,
    opening + moved - closing as missing
from balanced
where opening + moved <> closing
order by sku, location
