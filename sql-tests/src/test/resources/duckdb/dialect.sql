-- What DuckDB writes in its own way, each compared with DuckDB.
select i from a order by i nulls last, j nulls last limit 1+1;
select i from a order by i nulls last, j nulls last limit cast(2 as int) offset (1 + 1);
select i from a order by i nulls last, j nulls last offset cast('2' as int);
select i from a order by i nulls last, j nulls last limit (select 2);
select i from a order by i nulls last, j nulls last limit 2*3-4 offset (1);
select i from a order by i nulls last, j nulls last fetch first (1+1) rows only;
select * from (select i from a order by i nulls last, j limit 1+1) q, (select j from b order by j limit 2) r;
select i, j from a union all by name select j, t as s from b;
select i, j from a union by name select j, i from b;
select * from a union all by name select * from b;
select i, j from a union all by name select j, t as s from b union all by name select 5 as q;
with q as (select i p, j r from a) select * from q union all by name select j as r, 1 as p from b;
from a union by name from b;
(select i from a) union all by name (select t, i from b);
select * from a order by all;
select * from a order by all desc;
select a.*, b.t from a join b on a.i = b.i order by all;
select * from (select * from a where i > 1) q join b using (i) order by all;
select columns('i|j') from a;
select columns(*) from a;
select min(columns(*)) from a;
select s, max(columns('i|j')) from a group by s;
select * exclude (i), columns('j') + 1 as k from a;
with q as (select i p, j r from a) select p * 2 as z, columns('p|r') from q where z > 2 order by z;
select i + 1 as x from a where x > 2;
select i + 1 as j from a where j > 2;
select i + 1 as x, x * 2 as y from a where y > 4 and x < 100;
select i as x, count(*) as n from a where x > 0 group by x having n > 1;
select lower(s) as s from a where s = 'X' or s = 'x';
select i as "x y" from a where "x y" > 2;
select count(*) from a tablesample bernoulli (100%);
select count(*) from a tablesample 100%;
select count(*) > 0 from (select * from a) as q tablesample system (100 percent);
select count(*) from a tablesample system (0);
select cardinality(array(select i from e));
select i, array_to_string(array(select b.t from b where b.i = a.i and b.t is not null order by b.t desc), ',') from a;
select array_to_string(array(select t from b where t is not null union all select 'z' order by 1 desc), ',');
select i, array_to_string(array(select distinct t from b where b.i <= a.i and b.t is not null order by 1), ',') from a;
-- Grouping sets that occur several times.
select i, count(*) from a group by rollup(i, i);
select i, count(*) from a group by grouping sets ((i), (i));
select i, j, count(*), grouping(i), grouping(i, j) from a group by rollup(i), cube(j);
select i, j, sum(j) from a group by rollup(i), cube(i, j);
select i, j, sum(j) from a group by grouping sets (rollup(i, j), cube(i));
select i as k, count(*) from a group by rollup(k, i);
select i, s, count(*) from a group by rollup(1, 2);
select i, count(*), grouping(i) from a group by cube((i, j), i);
select i, count(*) from a group by i, rollup(i) having count(*) > 1;
select c.i, (select count(*) from (select c.i from b group by rollup(c.i, c.i)) as q) from c;
-- Random values are one for each row, and the same to all who read them.
select count(*) from a where uuid() = uuid();
select count(*) from (select random() as r, random() as q from a) as t where r = q;
select count(*) from (select r as x, r as y from (select random() as r from a) as t) as u where x = y;
select count(*) from (select random() as r from a) as t where r < 0.5 and r >= 0.5;
select count(*) from (select * from (select cast(uuid() as varchar) as u from a) as t where u < '8') as q where u >= '8';
select count(*) from (select any_value(uuid()) over (partition by i) as u, any_value(uuid()) over (partition by i) as v from a) as t where u = v;
-- Values that become columns, NULL among them.
pivot a on i in (1, 3) using sum(j);
pivot e on i in (1, 3) using sum(j);
pivot a on i in (1, null) using sum(j) group by s;
pivot a on i in (1, 3), j in (2, 4) using count(*) group by s;
pivot a on i in (1, 3) using sum(j) as total, max(j) as most group by s;
pivot (select i, s from a) on s in ('x', 'y') using count(*);
with q as (select * from a where j > 2) pivot q on i in (3, 5) using sum(j) group by s;
select s, "3" from (pivot a on i in (1, 3) using sum(j)) as p where "3" > 0;
select * from a pivot (sum(j) for i in (1, null, 3 as three));
select * from (select i, j from e) as q pivot (count(*), sum(j) for i in (1, 2));
select * from a unpivot (v for n in (i, j)) order by all;
select * from a unpivot include nulls (v for n in (i as first, j)) order by all;
select * from (select i as "One", j as "Two" from a) as q unpivot (v for n in (one, two));
unpivot a on i, j into name n value v;
unpivot a on columns(* exclude (s)) into name n value v;
select n, sum(v) from (unpivot a on i, j into name n value v) as u group by n;
-- Joins whose condition asks for both rows.
select l.i, r.i from a l full join b r on exists (select 1 from c where c.i = l.i and c.i + 2 = r.i);
-- Columns of the outer query beside aggregates.
select i, (select sum(c.i) + a.i from c) from a;
select i, (select max(b.j) * a.j - min(b.j) as d from b where b.i = a.i) from a;
select i from a where j > (select avg(c.i) * a.i from c);
select a.i, b.j from a left join b on (select 2 * sum(i) * a.i from c) = (select sum(i) * b.j from c);
-- Functions of elements, and of texts by places.
select i, array_to_string(list_transform([i, j], lambda x: x + 1), ',') from a where i is not null and j is not null;
select i, array_to_string(list_filter([i, j, 3], lambda x, p: x > p), ',') from a where i is not null and j is not null;
select array_to_string([x * 2 for x in [1, 2, 3] if x > 1], ','), list_sum(list_transform([1, 2], lambda x: x * x));
select list_median([1, 5, 2]), list_aggregate([1, 2], 'sum'), list_string_agg(['a', 'b']), list_count([1, 2]);
select array_to_string(list_sort([2, 3, 1], 'desc'), ','), list_position([1, 2], 3), list_unique([1, 1]), [1, 2, 3][-1];
select array_to_string(list_concat(null, [1]), ','), len([]), array_to_string(list_concat([], [1]), ',');
select s[1], ('abc' || s)[2:3], 'hello'[-3:], format('{:>5}|{:.2f}|{:03d}', s, 1.5, 7) from a where s is not null;
select damerau_levenshtein('abcd', 'acbd'), jaro_similarity('duck', 'duke'), jaro_winkler_similarity('duck', 'duke');
select strftime(date '2024-01-07', '%w'), extract(epoch from timestamp '2024-01-01 00:00:00.5'), epoch_ms(1000) = timestamp '1970-01-01 00:00:01';
select i, count(*) filter (j > 2) from a group by i;
-- Windows.
select i, j, rank() over w, sum(j) over w, lag(j) over w from a where i is not null and j is not null window w as (order by i, j rows between 1 preceding and current row);
select i, rank() over (), percent_rank() over (), dense_rank() over (partition by i) from a;
select i, first(s) over (order by s), last(s ignore nulls) over (order by i, s) from a where s is not null;
select i, row_number() over (order by [i, j]) from c join (select 1 as j) as q on true;
select i from c order by [4 - i, i];
select i, s from a where s is not null order by #2;
select i from a order by i nulls last, j nulls last, s nulls last limit 40%;
select i, j from a order by i nulls last, j nulls last, s nulls last limit 50 percent offset 1;
select distinct i from a order by i nulls last limit (60)%;
select i from a union select j from b order by 1 nulls last limit 34 percent;
with q as (select i, count(*) as n from a group by i) select * from q order by i nulls last, n limit 50%;
select count(*) from (select * from a limit 50%) q;
select i, j, sum(j) over (order by i nulls last groups between 1 preceding and 1 following) from a;
select i, count(*) over (partition by s order by i nulls last groups 1 preceding) from a;
select i, count(*) over (order by i nulls last groups between 1 following and 2 following exclude ties), count(*) over (order by i nulls last groups between current row and unbounded following exclude group) from a;
select i, max(j) over w from a window w as (order by i nulls last groups between 2 preceding and 1 preceding);
select * from (select i from c order by i) p positional join (select j from b order by j desc nulls last) q;
select count(*), count(p.i), count(q.i) from a p positional join c q;
select q.x, p.i from (select i from c order by i) p positional join (select unnest([7, 8]) as x) q where q.x is not null;
select count(*) from (select * from c) p positional join c q join c r on r.i = q.i;
select mad(i), mad(j), entropy(s), entropy(i), approx_top_k(i, 1)[1] from a where i = 1;
with q as (select i, random() as r from a where i is not null) select count(*) from q x join q y on x.i = y.i and x.r = y.r where (select count(*) from q z where z.r = x.r) = 1;
with q as (select i, random() as r from a) select count(distinct r) = (select count(*) from a) from (select r from q union all select r from q) t;
with recursive q as (select 1 as n, random() as r union all select n + 1, random() from q where n < 5) select count(*), count(distinct x.r) from q x join q y on x.r = y.r;
-- Paths, sizes, bars, digits, patterns.
select array_to_string(parse_path('/srv/logs\web.gz'), '|'), array_to_string(parse_path('a//b', 'forward_slash'), '|'), array_to_string(parse_path('/'), '|'), len(parse_path(''));
select parse_filename('/srv/web.tar.gz', true), parse_filename('a\b.txt'), parse_filename('a\b.txt', 'forward_slash'), parse_filename('d\e.f', true, 'forward_slash'), parse_filename('.rc', true), parse_filename('a/'), parse_filename(null);
select parse_dirname('/a/b'), parse_dirname('a/b/c'), parse_dirname('a'), parse_dirpath('/a/b/c'), parse_dirpath('a'), parse_dirpath('a/'), parse_dirpath('/a');
select format_bytes(n), formatreadabledecimalsize(n) from (values (0), (1), (-1), (999), (1023), (1024), (-7000), (1048575), (123456789), (9223372036854775807), (null)) v(n);
select i, bar(i, 0, 4, 7), bar(j, 1, 5), bar(i / 3.0, 0, 2, 2.5) from a;
select to_base(i, 2), to_base(i + 1000, 36, 5), regexp_escape(s || '.*') from a where i >= 0;
-- Arrays by places and truths.
select array_to_string(list_where([1, 2, 3], [true, false, true]), ' '), len(list_where(['x', 'y'], [false])), array_to_string(list_select(['p', 'q', 'r'], [3, 1, 1]), ' ');
select array_to_string(list_resize([1, 2, 3], 2), ' '), array_to_string(list_resize(['a'], 3, 'b'), ' '), len(list_resize([1], null)), list_resize(null, 2);
select cardinality(null), list_max(null), list_extract(null, 1), array_to_string(list_append(null, 1), ' '), array_to_string(list_prepend(1, null), ' '), list_contains(null, 2);
select list_reduce([3, 4, 5], lambda x, y: x * y), list_reduce([3, 4, 5], lambda x, y: x + y, 100), list_reduce(['a', 'b'], lambda x, y: x || y);
select i, list_reduce([i, j, 2], lambda x, y, n: x * 10 + y * n + i) from a where i is not null and j is not null;
select list_reduce([1, 2], lambda x, y: x + y / 4.0::double), list_reduce([1], lambda x, y: x + y);
select i, (with recursive r(n) as (select 1 union all select n + 1 from r where n < i) select sum(n) from r) as s from a;
select i, (with recursive r(n) as (select 1 union select n % 3 + 1 from r where n <= i) select count(*) from r) as s from a;
-- Values as JSON.
select json_object('i', i, 's', s, 'n', null), to_json(s), to_json(i > 1), to_json([i]) from a where i is not null;
select json_object(), json_object('a', json_object('b', json_array(1, 'x"y'))), json_object('d', date '2001-02-03', 'x', 2.5::double);
-- Patterns without an escape character.
select s like '\%' escape '', 'a_c' like 'a_c' escape '', 'a\%' like 'a\%' escape '' from a;
-- A star that leaves columns out and replaces others.
select * exclude (i) replace (j + 1 as j) from a;
select x from (select * exclude (s, j) replace (i * 2 as i) from a) q(x);
-- Joins with a name.
select q.t, q.s from (a join b on a.i = b.i) as q where q.s is not null;
select * from ((a cross join (select 7 as z)) as q join b on q.i = b.i) order by all;
from (values ('a', 1), ('b', 2)) t(x, y) pivot (sum(y) for x in ('a', 'b'));
select trim('xxaxx', 'x'), trim(' a '), trim(both 'x' from 'xax'), trim(lower(concat('X', 'a')), 'x'), trim(s, 'xX') from a;
select overlay('abcdef', 'XY', 2), overlay('abcdef', 'XY', 2, 3), overlay('abcdef' placing 'XY' from 2 for 1);
select list_has_any([3, 1, 2], [1.5, 2.5]), list_has_any([3, 1, 2], [1.5, 3.0]), list_has_all([1, 2, 3], [2.0, 3.0]), list_has_all([1, 2], [1.5]);
select list_position([1, 2, 3], 2.0), list_max(list_append([1, 2], 2.5)), list_min(list_prepend(-0.5, [1, 2])), list_max(list_prepend(9223372036854775807, [5]));
select len(list_intersect([1, 2, 3], [2.5])), list_max(list_intersect([1.5, 2.5, 3], [3, 4])), len(list_intersect([1, 2, 3], [2.0, 5]));
select gamma(171), gamma(0.5), lgamma(10);
select cast(date '2024-12-31' + interval '3' hour as varchar), cast(date '2024-12-31' - interval '1' second as varchar), cast(interval '90' minute + date '2024-02-29' as varchar);
select cast(d + interval '1' hour as varchar) as t from (values (date '2024-02-28'), (null)) v(d);
select cast(timestamp '2021-06-15 12:34:56' + interval '1 month 2 days' as varchar), cast(timestamp '2021-03-31 00:00:00' - interval '1 month 2 days 3 hours' as varchar);
select cast(greatest(timestamp '2021-06-15 12:34:56', date '2024-12-31') as varchar), cast(least(date '2024-12-31', timestamp '2021-06-15 12:34:56', null) as varchar), cast(coalesce(null, date '2024-12-31', timestamp '2021-06-15 12:34:56') as varchar);
select cast(max(x) as varchar), cast(min(x) as varchar), count(distinct x) from (values (date '1900-03-01'), (timestamp '1970-01-01 00:00:00'), (null), (date '1970-01-01')) t(x);
select cast(case when i > 1 then date '2024-12-31' else timestamp '2021-06-15 12:34:56' end as varchar) as t from a order by i nulls last;
select cast(t as varchar) from (select date '2024-12-31' as t union all select timestamp '2021-06-15 12:34:56') u order by 1;
select cast(x as varchar) from (values (timestamp '2021-06-15 12:34:56')) v(x) where x in (date '2021-06-15', timestamp '2021-06-15 12:34:56');
select -2 ^ 2, 2 ^ -1, 3 - 2 ^ 2, -i ^ 2, (-2) ^ 3, 2 * -3 ^ 2 from a where i is not null;
select null % 2, 3 % null, null + 1, null * null;
-- NULL as an array has no elements.
select count(*) from (select unnest(null)) q;
select list_transform(null, lambda x: x + 1), list_aggregate(null, 'sum'), list_sum(null), i from a;
-- Constants as the order of a window, and days as they are written.
select n from (select count(*) over (order by 1 rows 2 preceding) as n from a) q order by n;
select '2020-01-01 24:00:00'::date::varchar, '2020-01-01 23:59:59.9999'::date::varchar;
-- Times of day.
select time '12:34:56' < time '13:00:00', (timestamp '2001-02-03 12:34:56.5')::time > '12:34:56', cast(time '09:08:07' as varchar), extract(hour from time '09:08:07'), cast(time '23:30:00' + interval '1' hour as varchar);
