/// Access to mapped memory by address.
@NullMarked
package io.cuvee.segment.memory;

import org.jspecify.annotations.NullMarked;
