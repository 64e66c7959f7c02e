/// The JDBC side of the broker: Avatica's protocol, in protobuf and JSON.
@NullMarked
package io.cuvee.broker.avatica;

import org.jspecify.annotations.NullMarked;
