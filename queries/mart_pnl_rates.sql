-- mart_pnl_rates: exchange rates into the shop's currency, and out of it.
--
-- grain  day, currency, inverse
-- reads  exchange_rates, run
-- unit   one unit of `currency` is `rate` units of the shop's; where inverse is 1, one of the shop's is `rate` of `currency`
select
    e.day as day,
    e.currency as currency,
    cast(0 as bigint) as inverse,
    e.rate as rate
from exchange_rates as e
inner join run as r on r.currency = e."into"
union all
select
    e.day as day,
    e."into" as currency,
    cast(1 as bigint) as inverse,
    e.rate as rate
from exchange_rates as e
inner join run as r on r.currency = e.currency
where e."into" <> e.currency
order by day, currency, inverse
