/// Talks HTTP and JSON to brokers and controllers; not for use outside the driver and the client.
@NullMarked
package io.cuvee.jdbc.http;

import org.jspecify.annotations.NullMarked;
