-- mart_demand_shown: the first day on which each channel is known to have shown units of a product.
--
-- grain  channel, sku
-- reads  fact_demand_shown, run
-- note   it may have shown them earlier: exports that tell so need not reach back as far as orders do
select
    f.channel as channel,
    f.sku as sku,
    min(f.day) as day
from fact_demand_shown as f
cross join run as r
where f.day <= r.as_of
group by f.channel, f.sku
order by channel, sku
