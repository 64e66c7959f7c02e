-- The ten busiest airports.
SELECT origin, COUNT(*) AS flights
FROM flights
GROUP BY origin
ORDER BY flights DESC, origin
LIMIT 10;

-- How late flights are, by month.
SELECT DATE_TRUNC('MONTH', "date") AS "month", COUNT(*) AS flights, AVG(delay) AS average_delay, MAX(delay) AS worst_delay
FROM flights
GROUP BY DATE_TRUNC('MONTH', "date")
ORDER BY 1;

-- Which states' airports send flights off late: flights joined with their airports.
SELECT a.state, COUNT(*) AS flights, AVG(f.delay) AS average_delay
FROM flights f
JOIN airports a ON f.origin = a.iata
GROUP BY a.state
HAVING COUNT(*) > 10000
ORDER BY average_delay DESC
LIMIT 10;

-- Flights out of San Francisco that were more than an hour late.
SELECT COUNT(*) AS flights
FROM flights
WHERE origin = 'SFO' AND delay > 60;

-- The busiest routes between cities.
SELECT o.city AS from_city, d.city AS to_city, COUNT(*) AS flights
FROM flights f
JOIN airports o ON f.origin = o.iata
JOIN airports d ON f.destination = d.iata
GROUP BY o.city, d.city
ORDER BY flights DESC, from_city, to_city
LIMIT 10;

-- The hours of the day at which flights are late.
SELECT EXTRACT(HOUR FROM "date") AS "hour", COUNT(*) AS flights, AVG(delay) AS average_delay
FROM flights
GROUP BY EXTRACT(HOUR FROM "date")
ORDER BY "hour";

-- How many destinations each of the larger airports serves.
SELECT origin, COUNT(DISTINCT destination) AS destinations
FROM flights
GROUP BY origin
ORDER BY destinations DESC, origin
LIMIT 10;

-- The longest flights.
SELECT DISTINCT origin, destination, distance
FROM flights
ORDER BY distance DESC, origin, destination
LIMIT 10;

-- Short, medium and long flights: how many, and how late.
SELECT
  CASE WHEN distance < 500 THEN 'short' WHEN distance < 1500 THEN 'medium' ELSE 'long' END AS length,
  COUNT(*) AS flights,
  SUM(distance) AS miles,
  AVG(delay) AS average_delay
FROM flights
GROUP BY CASE WHEN distance < 500 THEN 'short' WHEN distance < 1500 THEN 'medium' ELSE 'long' END
ORDER BY flights DESC;

-- Airports in Alaska from which flights left in the first week of January.
SELECT a.name, a.city, COUNT(*) AS flights
FROM flights f
JOIN airports a ON f.origin = a.iata
WHERE a.state = 'AK' AND f."date" < TIMESTAMP '2001-01-08 00:00:00'
GROUP BY a.name, a.city
ORDER BY flights DESC, a.name;
