variable "none" {
  type    = string
  default = null
}
resource "terraform_data" "format" {
  input = {
    null_s   = try(format("%s", var.none), "error")
    null_v   = format("%v", var.none)
    sharp_v  = format("%#v", { a = [1, "x", null] })
    sharp_s  = format("%#v", "x\"y")
    frac_d   = try(format("%d", 1.5), "error")
    radix    = format("%x %X %o %b %b", 255, 255, 8, 5, -5)
    x_text   = try(format("%x", "hi"), "error")
    flags    = format("%5d|%-5d|%05d|%+d|% d|%+05d|%-05d|", 1, 2, 3, 4, 5, 6, 7)
    floats   = format("%8.3f|%-8.2f|%e|%g|%G|%E", 3.14159, 2.5, 12345.678, 1e21, 1e-7, 100)
    fixed    = format("%.0f|%.1f|%.2f|%.3f|%010.3f|%f|%.20f", 0.5, 0.25, 2.675, -1.0005, 3.14159, 1 / 3, 0.1)
    general  = format("%g|%g|%g|%g|%g|%g|%g|%g", 100000, 1000000, 12345678, 1e20, 1e21, 0.0001, 0.00001, 123456789.25)
    general3 = format("%.3g|%.3g|%.10g|%.1g|%.3g|%.0g", 1234, 0.00012345, 1234567, 15, 100, 7)
    v_num    = format("%v|%v|%v|%v|%v|%v|%v", 1, 1234567, 12345678901, 1e21, 0.0001, 1.5e-10, 100000000000000000000)
    s_num    = format("%s|%s|%s|%s", 1e30, 0.5, 1234567, 1e-10)
    sci      = format("%.2e|%+.2e|%e|%.0e", 12345, 12345, 0, 15)
    text     = format("%s %v %v %v %t", true, [1, 2], { b = 1, a = "x" }, "a b", "true")
    quoted   = format("%q %q", "a\"b\né<&>", "\\t\u0001")
    width    = format("%5s|%-5s|%.2s|%5.1s|%05s", "é", "ab", "héllo", "xyz", "a")
    order    = format("%[2]s %[1]s %s", "a", "b")
    order2   = format("%[2]s %s %[1]d", 7, "b", "c")
    string_d = format("%d %f %s", "12", "1.5", 3)
    percent  = format("100%% %s%%", "x")
    unicode  = format("é%sü", "ö")
    missing  = try(format("%s"), "error")
    extra    = try(format("a", 1), "error")
    verb     = try(format("%z", 1), "error")
    star     = try(format("%*d", 5, 1), "error")
    list_s   = try(format("%s", ["a"]), "error")
    bool_d   = try(format("%d", true), "error")
    no_bool  = try(format("%t", "x"), "error")
    end      = try(format("abc%"), "error")
    big_d    = format("%d %x", 100000000000000000000000, 18446744073709551616)
    v_list   = format("%v %v", tolist(["a", "b"]), toset([2, 1]))
  }
}
resource "terraform_data" "formatlist" {
  input = {
    zip      = formatlist("%s-%s", ["a", "b"], ["x", "y"])
    repeat   = formatlist("%s-%s-%d", "p", ["x", "y"], 3)
    none     = formatlist("const")
    scalar   = formatlist("%s", "a")
    empty    = formatlist("%s-%s", [], "x")
    empties  = formatlist("%s", [])
    lengths  = try(formatlist("%s%s", ["a"], ["b", "c"]), "error")
    set      = formatlist("%s!", toset(["b", "a"]))
    numbers  = formatlist("%03d", [1, 2.0])
    mixed    = formatlist("%v", [1, "a", true])
  }
}
