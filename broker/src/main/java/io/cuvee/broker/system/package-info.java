/// The rows of `information_schema` and `system`, made at the broker when they are asked for.
@NullMarked
package io.cuvee.broker.system;

import org.jspecify.annotations.NullMarked;
