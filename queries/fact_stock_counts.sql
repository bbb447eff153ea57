-- fact_stock_counts: the counts that tell something: a month's first and last of each SKU and location, and each that differs from what the movements before it say.
--
-- grain  sku, location, at
-- reads  stock, stock_movements, calendar
-- unit   units
-- note   a count that only repeats what the movements say is left out; the walk in `ledger` needs no more
-- by month
with changes as (
    select
        sku as sku,
        location as location,
        "at" as at,
        movement_day as day,
        -- movements of the count's own instant are in the count
        cast(0 as bigint) as is_count,
        case
            when kind = 'shipment' and quantity > 0 then -cast(quantity as bigint)
            when kind in ('receipt', 'return', 'adjustment', 'damage', 'transfer', 'put_away', 'shipment')
                then cast(quantity as bigint)
            else cast(0 as bigint)
        end as moved,
        cast(0 as bigint) as on_hand,
        cast(0 as bigint) as reserved,
        cast(0 as bigint) as damaged,
        cast(0 as bigint) as inbound,
        cast(0 as bigint) as quality_hold
    from stock_movements

    union all

    select
        sku as sku,
        location as location,
        "at" as at,
        stock_day as day,
        cast(1 as bigint) as is_count,
        cast(0 as bigint) as moved,
        cast(on_hand as bigint) as on_hand,
        reserved as reserved,
        damaged as damaged,
        inbound as inbound,
        quality_hold as quality_hold
    from stock
),
dated as (
    select
        c.sku as sku,
        c.location as location,
        c.at as at,
        d.month as month,
        c.is_count as is_count,
        c.moved as moved,
        c.on_hand as on_hand,
        c.reserved as reserved,
        c.damaged as damaged,
        c.inbound as inbound,
        c.quality_hold as quality_hold
    from changes as c
    inner join calendar as d on d.day = c.day
),
running as (
    select
        sku as sku,
        location as location,
        "at" as at,
        month as month,
        is_count as is_count,
        on_hand as on_hand,
        reserved as reserved,
        damaged as damaged,
        inbound as inbound,
        quality_hold as quality_hold,
        sum(moved) over (
            partition by sku, location, month
            order by "at", is_count
            rows between unbounded preceding and current row
        ) as moved_so_far
    from dated
),
counts as (
    select
        sku as sku,
        location as location,
        "at" as at,
        month as month,
        on_hand as on_hand,
        reserved as reserved,
        damaged as damaged,
        inbound as inbound,
        quality_hold as quality_hold,
        on_hand - moved_so_far as unmoved
    from running
    where is_count = 1
),
neighbours as (
    select
        sku as sku,
        location as location,
        "at" as at,
        on_hand as on_hand,
        reserved as reserved,
        damaged as damaged,
        inbound as inbound,
        quality_hold as quality_hold,
        unmoved as unmoved,
        lag(unmoved, 1) over (partition by sku, location, month order by "at") as unmoved_before,
        lead(unmoved, 1) over (partition by sku, location, month order by "at") as unmoved_after
    from counts
)
select
    sku as sku,
    location as location,
    "at" as at,
    on_hand as on_hand,
    reserved as reserved,
    damaged as damaged,
    inbound as inbound,
    quality_hold as quality_hold
from neighbours
where unmoved_before is null or unmoved_after is null or unmoved <> unmoved_before
order by sku, location, "at"
