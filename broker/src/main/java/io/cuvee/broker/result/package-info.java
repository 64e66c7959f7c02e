/// Results as text: JSON written straight from columns, and the text forms of values.
@NullMarked
package io.cuvee.broker.result;

import org.jspecify.annotations.NullMarked;
