-- mart_pnl_rates: exchange rates into the shop's currency.
--
-- grain  day, currency
-- reads  exchange_rates, run
-- unit   one unit of `currency` is `rate` units of the shop's
select
    e.day as day,
    e.currency as currency,
    e.rate as rate
from exchange_rates as e
inner join run as r on r.currency = e."into"
order by day, currency
