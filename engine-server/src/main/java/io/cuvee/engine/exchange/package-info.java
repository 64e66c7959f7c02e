/// The data plane: frames over TCP between brokers and this server.
@NullMarked
package io.cuvee.engine.exchange;

import org.jspecify.annotations.NullMarked;
