/// The commands of `cuvee`.
@NullMarked
package io.cuvee.launcher.command;

import org.jspecify.annotations.NullMarked;
