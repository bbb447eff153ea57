-- check_stock_return_exceeds_shipment: orders of which more units came back into stock than went out.
--
-- grain  reference, sku
-- reads  fact_movements
-- unit   units, over all locations: what left one may come back to another
-- note   returns of which no shipment is known are left out: the book may begin after it
-- level  warn
with shipped as (
    select
        reference as reference,
        sku as sku,
        -- books write what goes out with a sign or without
        sum(cast(case when quantity < 0 then -quantity else quantity end as bigint)) as shipped_units
    from fact_movements
    where kind = 'shipment' and reference is not null
    group by reference, sku
),
returned as (
    select
        reference as reference,
        sku as sku,
        sum(cast(quantity as bigint)) as returned_units,
        cast(count(*) as bigint) as returns,
        max("at") as last_returned_at
    from fact_movements
    where kind = 'return' and reference is not null
    group by reference, sku
)
select
    s.reference as reference,
    s.sku as sku,
    s.shipped_units as shipped_units,
    f.returned_units as returned_units,
    f.returns as returns,
    f.last_returned_at as last_returned_at
from shipped as s
inner join returned as f on f.reference = s.reference and f.sku = s.sku
where f.returned_units > s.shipped_units
order by reference, sku
