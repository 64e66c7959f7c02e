/// JSON documents as values: paths into them, and conditions on what is found there.
@NullMarked
package io.cuvee.execution.json;

import org.jspecify.annotations.NullMarked;
