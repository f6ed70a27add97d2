module kakunin.example/blind-list

go 1.26.0
