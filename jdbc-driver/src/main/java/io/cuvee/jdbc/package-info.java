/// The `jdbc:cuvee:` driver: JDBC over the brokers' Avatica endpoint.
@NullMarked
package io.cuvee.jdbc;

import org.jspecify.annotations.NullMarked;
