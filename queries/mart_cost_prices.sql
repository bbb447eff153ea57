-- mart_cost_prices: what a unit of each SKU costs, and from when.
--
-- grain  sku, from_day
-- reads  costs
-- unit   unit_cost in `currency`: landed, goods, freight and duty
select
    sku as sku,
    "from" as from_day,
    "until" as until_day,
    unit_cost as unit_cost,
    currency as currency
from costs
order by sku, from_day
