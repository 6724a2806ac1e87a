filedesc://harbour.arc 0.0.0.0 20050602081500 text/plain 70
1 0 A Pencil
URL IP-address Archive-date Content-type Archive-length


http://courier.example/old quay 192.0.2.7 20050602081500 text/html 207
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8

<!doctype html>
<html lang="en"><head><title>The quay in 2005</title></head>
<body><h1>The quay in 2005</h1>
<p>It was new then.</p>
</body></html>

http://courier.example/a 192.0.2.7 2005 text/html 154
<!doctype html>
<html lang="en"><head><title>No headers</title></head>
<body><h1>No headers</h1>
<p>Some archives kept the page alone.</p>
</body></html>

http://courier.example/b 192.0.2.7 20050602081500 text/html -1
x
http://courier.example/c.gif 192.0.2.7 20050602081500 image/gif 50
HTTP/1.1 200 OK
Content-Type: image/gif

GIF89a
http://courier.example/d 192.0.2.7 20050602081501 text/html 195
HTTP/1.1 200 OK
Content-Type: text/html

<!doctype html>
<html lang="en"><head><title>The last page</title></head>
<body><h1>The last page</h1>
<p>It stands after all that.</p>
</body></html>

