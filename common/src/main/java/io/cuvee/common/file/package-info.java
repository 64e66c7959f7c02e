/// Files of a process.
@NullMarked
package io.cuvee.common.file;

import org.jspecify.annotations.NullMarked;
