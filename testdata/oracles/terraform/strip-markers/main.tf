locals {
  items = ["a", "b", "c"]
  on    = true
  map   = { x = 1, y = 2 }
}

resource "terraform_data" "quoted" {
  input = {
    left         = "a  ${~ "b"}"
    right        = "a ${"b" ~}  c"
    both         = "a \n ${~ "b" ~} \n c"
    if_else      = "%{if local.on}yes%{else}no%{endif}"
    if_only      = "x%{if !local.on}yes%{endif}y"
    for_list     = "%{for i in local.items}<${i}>%{endfor}"
    for_index    = "%{for i, v in local.items}${i}${v} %{endfor}"
    for_map      = "%{for k, v in local.map}${k}=${v};%{endfor}"
    nested       = "%{for i in local.items}%{if i == "b"}[${i}]%{else}${i}%{endif}%{endfor}"
    strip_for    = "[ %{~for i in local.items~} ${i} %{~endfor~} ]"
    escaped      = "$${not} %%{not} $$ %% $5 100% \\ \" \u00e9 \U0001F600"
    dollar       = "$$${local.on}"
    nested_quote = "${join("-", ["${"a"}", "b"])}"
    number       = "${1}"
    text_number  = "v${1.50}"
    empty        = ""
    braces       = "{${"x"}}"
    unicode      = "日本語${"ü"}"
  }
}

resource "terraform_data" "heredocs" {
  input = {
    plain        = <<EOT
  keeps   spaces
	tab
a \n is not an escape "quotes"
EOT
    indented     = <<-EOT
        eight
          ten

        eight again
      EOT
    mixed        = <<-EOT
      a
    b
        c
    EOT
    interpolated = <<-EOT
      ${local.on} at the start
      then ${local.on}
      EOT
    first_is_interpolation = <<-EOT
      text
        ${local.on}
      EOT
    directives   = <<-EOT
      start
      %{for i in local.items~}
        - ${i}
      %{endfor~}
      %{if local.on~}
      on
      %{else~}
      off
      %{endif~}
      end
      EOT
    no_strip     = <<-EOT
      %{for i in local.items}
      - ${i}
      %{endfor}
      EOT
    left_strip   = <<-EOT
      a
        %{~if local.on}
        b
        %{~endif}
      c
      EOT
    escapes      = <<EOT
$${stageVariables.x} %%{if} $$
EOT
    empty        = <<EOT
EOT
    in_call      = jsonencode({ text = <<EOT
line
EOT
    })
    as_list = [<<A
one
A
      , <<B
two
B
    ]
    trimmed      = trimspace(<<-EOT
      x
    EOT
    )
    not_the_end  = <<EOT
 EOTX
x EOT
EOT
    blank_lines  = <<-EOT

      a

      b
    EOT
  }
}

resource "terraform_data" "crlf" {
  input = {
    heredoc = templatefile("${path.module}/crlf.tftpl", { items = local.items })
    single  = templatefile("${path.module}/single.tftpl", { x = "only" })
    nested  = templatefile("${path.module}/nested.tftpl", { x = { y = [1, 2] }, on = false })
  }
}
