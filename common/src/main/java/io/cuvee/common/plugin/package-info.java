/// Parts that are not in every distribution.
@NullMarked
package io.cuvee.common.plugin;

import org.jspecify.annotations.NullMarked;
