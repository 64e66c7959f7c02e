/// The REST side of the broker, in the form that Pinot's clients know.
@NullMarked
package io.cuvee.broker.http;

import org.jspecify.annotations.NullMarked;
