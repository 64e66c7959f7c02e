/// Binary frames between broker and server, and the codec of plan fragments.
@NullMarked
package io.cuvee.common.wire;

import org.jspecify.annotations.NullMarked;
