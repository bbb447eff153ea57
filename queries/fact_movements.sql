-- fact_movements: every change of stock at the source of truth.
--
-- grain  sku, location, at, movement_id
-- reads  stock_movements
-- unit   quantity in units, as it moves what is on hand or, for orders, what is reserved
-- by month
select
    sku as sku,
    location as location,
    "at" as at,
    movement_id as movement_id,
    kind as kind,
    cast(quantity as bigint) as quantity,
    reference as reference,
    owner as owner
from stock_movements
order by sku, location, "at", movement_id
