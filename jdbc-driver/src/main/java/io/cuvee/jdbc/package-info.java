/** The {@code jdbc:cuvee:} driver and the small Java client. */
@NullMarked
package io.cuvee.jdbc;

import org.jspecify.annotations.NullMarked;
