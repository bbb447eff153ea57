-- check_stock_negative: counts that found less than nothing.
--
-- grain  sku, location, at
-- reads  stock
-- unit   units
-- level  error
select
    sku as sku,
    location as location,
    "at" as at,
    on_hand as on_hand
from stock
where on_hand < 0
order by sku, location, "at"
